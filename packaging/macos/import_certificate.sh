#!/bin/sh
# Puts the signing certificate (CERTIFICATE: .p12 in base64, PASSWORD) into a keychain of this build,
# and names its identity for PyInstaller and make_dmg.sh.
set -eu
keychain="$RUNNER_TEMP/build.keychain-db"
secret=$(uuidgen)
echo "$CERTIFICATE" | base64 --decode > "$RUNNER_TEMP/certificate.p12"
security create-keychain -p "$secret" "$keychain"
security set-keychain-settings -lut 21600 "$keychain"
security unlock-keychain -p "$secret" "$keychain"
security import "$RUNNER_TEMP/certificate.p12" -P "$PASSWORD" -T /usr/bin/codesign -k "$keychain"
security set-key-partition-list -S apple-tool:,apple: -s -k "$secret" "$keychain" > /dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
rm "$RUNNER_TEMP/certificate.p12"
identity=$(security find-identity -v -p codesigning "$keychain" | awk -F'"' 'NR == 1 { print $2 }')
echo "CODESIGN_IDENTITY=$identity" >> "$GITHUB_ENV"
