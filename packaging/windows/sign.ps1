# Signs programs with the certificate of the environment: sign.ps1 FILE [FILE ...]
# CERTIFICATE is a .pfx in base64, PASSWORD opens it.
$ErrorActionPreference = "Stop"
$pfx = Join-Path $env:RUNNER_TEMP "certificate.pfx"
[IO.File]::WriteAllBytes($pfx, [Convert]::FromBase64String($env:CERTIFICATE))
try {
    $tool = Get-ChildItem "C:\Program Files (x86)\Windows Kits\10\bin\*\x64\signtool.exe" |
        Sort-Object FullName | Select-Object -Last 1
    & $tool sign /fd SHA256 /td SHA256 /tr http://timestamp.digicert.com /f $pfx /p $env:PASSWORD $args
    if ($LASTEXITCODE -ne 0) { throw "signtool failed" }
} finally {
    Remove-Item $pfx
}
