; Per-user installer of Lumbre: no administrator, no forced update, nothing outside the user's own
; folders. Built by windows_packages.py, which defines VERSION, FILE_VERSION (four numbers),
; SOURCE, OUTPUT and ICON, and perhaps SIGN, a command before the name of a program.
; Silent: setup.exe /S [/D=folder]; exit code 3: the program is open.
Unicode true
Target amd64-unicode
!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "Sections.nsh"
!include "WinVer.nsh"

!define NAME "Lumbre"
!define PROGID "Lumbre.gguf"
!define DATA_DIR "$LOCALAPPDATA\lumbre" ; where app/paths.py keeps everything on Windows
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

Name "${NAME}"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${NAME}" "InstallDir"
SetCompressor /SOLID /FINAL lzma
SetCompressorDictSize 64
ManifestDPIAware true
ManifestSupportedOS all
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${FILE_VERSION}"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} setup"
VIAddVersionKey LegalCopyright "The Lumbre authors, Apache-2.0"

!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"'
  !finalize '${SIGN} "%1"'
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\lumbre.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Spanish"

LangString RUNNING ${LANG_ENGLISH} "Lumbre is open. Close its window, then press Retry. Your conversations are saved."
LangString RUNNING ${LANG_SPANISH} "Lumbre está abierto. Cierra su ventana y pulsa Reintentar. Tus conversaciones están guardadas."
LangString TOO_OLD ${LANG_ENGLISH} "Lumbre needs Windows 10 or newer. Nothing was changed."
LangString TOO_OLD ${LANG_SPANISH} "Lumbre necesita Windows 10 o posterior. No se ha cambiado nada."
LangString PROGRAM ${LANG_ENGLISH} "Lumbre"
LangString PROGRAM ${LANG_SPANISH} "Lumbre"
LangString OPENS_GGUF ${LANG_ENGLISH} "Offer Lumbre for .gguf files"
LangString OPENS_GGUF ${LANG_SPANISH} "Ofrecer Lumbre para archivos .gguf"
LangString ON_DESKTOP ${LANG_ENGLISH} "Icon on the desktop"
LangString ON_DESKTOP ${LANG_SPANISH} "Icono en el escritorio"
LangString DATA ${LANG_ENGLISH} "Also delete conversations, settings and downloaded models"
LangString DATA ${LANG_SPANISH} "Borrar también conversaciones, ajustes y modelos descargados"
LangString GGUF_FILE ${LANG_ENGLISH} "GGUF language model"
LangString GGUF_FILE ${LANG_SPANISH} "Modelo de lenguaje GGUF"

; A program that runs cannot be replaced: its file cannot be opened for writing.
!macro WAIT_UNTIL_CLOSED UN
Function ${UN}WaitUntilClosed
  again:
  StrCpy $1 "$INSTDIR\lumbre.exe"
  Call ${UN}IsOpen
  StrCmp $0 1 open
  StrCpy $1 "$INSTDIR\lumbre-cli.exe"
  Call ${UN}IsOpen
  StrCmp $0 1 open
  Return
  open:
  IfSilent cancelled
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" IDRETRY again
  cancelled:
  SetErrorLevel 3
  Quit
FunctionEnd

; $0 becomes 1 when the program $1 runs, else 0.
Function ${UN}IsOpen
  StrCpy $0 0
  IfFileExists "$1" 0 closed
  ClearErrors
  FileOpen $2 "$1" a
  IfErrors 0 free
  StrCpy $0 1
  Return
  free:
  FileClose $2
  closed:
FunctionEnd
!macroend
!insertmacro WAIT_UNTIL_CLOSED ""
!insertmacro WAIT_UNTIL_CLOSED "un."

Function .onInit
  ${IfNot} ${AtLeastWin10}
    MessageBox MB_ICONSTOP "$(TOO_OLD)" /SD IDOK
    SetErrorLevel 4
    Quit
  ${EndIf}
FunctionEnd

Section "$(PROGRAM)" MAIN
  SectionIn RO
  Call WaitUntilClosed
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\lumbre.exe"
  WriteRegStr HKCU "Software\${NAME}" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "The Lumbre authors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\lumbre.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" "$0"
SectionEnd

Section "$(OPENS_GGUF)" ASSOCIATION
  WriteRegStr HKCU "Software\Classes\${PROGID}" "" "$(GGUF_FILE)"
  WriteRegStr HKCU "Software\Classes\${PROGID}\DefaultIcon" "" "$INSTDIR\lumbre.exe,0"
  WriteRegStr HKCU "Software\Classes\${PROGID}\shell\open\command" "" '"$INSTDIR\lumbre.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\.gguf\OpenWithProgids" "${PROGID}" ""
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section /o "$(ON_DESKTOP)" DESKTOP
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\lumbre.exe"
SectionEnd

Section "un.$(PROGRAM)" UN_MAIN
  SectionIn RO
  Call un.WaitUntilClosed
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\lumbre.exe"
  Delete "$INSTDIR\lumbre-cli.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  DeleteRegKey HKCU "Software\${NAME}"
  DeleteRegKey HKCU "Software\Classes\${PROGID}"
  DeleteRegValue HKCU "Software\Classes\.gguf\OpenWithProgids" "${PROGID}"
  DeleteRegKey /ifempty HKCU "Software\Classes\.gguf\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\.gguf"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section /o "un.$(DATA)" UN_DATA
  RMDir /r "${DATA_DIR}"
SectionEnd

; What would go with it is said before it is ticked.
; Silent: uninstall.exe /S [/DATA]; /DATA ticks it.
Function un.onInit
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/DATA" $1
  IfErrors kept
  !insertmacro SelectSection ${UN_DATA}
  kept:
  ClearErrors
  ${GetSize} "${DATA_DIR}" "/S=0M" $0 $1 $2
  IfErrors done
  SectionSetText ${UN_DATA} "$(DATA) ($0 MB)"
  done:
FunctionEnd
