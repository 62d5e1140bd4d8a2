#!/bin/sh
# Lumbre.app -> a disk image with a link to Applications: make_dmg.sh DIST
# Signed when CODESIGN_IDENTITY is set, notarized when APPLE_ID is set as well.
set -eu
dist=$1
here=$(dirname "$0")
version=$(python3 -c 'import re; print(re.search(r"__version__ = \"(.+)\"", open("app/__init__.py").read())[1])')
image="$dist/Lumbre-$version-macos-arm64.dmg"
folder=$(mktemp -d)
cp -R "$dist/Lumbre.app" "$folder/"
ln -s /Applications "$folder/Applications"

if [ -n "${CODESIGN_IDENTITY:-}" ]; then
    # Inside out: every library first, the program last.
    find "$folder/Lumbre.app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -exec \
        codesign --force --timestamp --options runtime --sign "$CODESIGN_IDENTITY" {} +
    codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" \
        --sign "$CODESIGN_IDENTITY" "$folder/Lumbre.app"
    codesign --verify --deep --strict "$folder/Lumbre.app"
fi

hdiutil create -volname Lumbre -srcfolder "$folder" -fs HFS+ -format UDZO -ov "$image"

if [ -n "${CODESIGN_IDENTITY:-}" ] && [ -n "${APPLE_ID:-}" ]; then
    codesign --timestamp --sign "$CODESIGN_IDENTITY" "$image"
    xcrun notarytool submit "$image" --apple-id "$APPLE_ID" --team-id "$APPLE_TEAM_ID" \
        --password "$APPLE_PASSWORD" --wait
    xcrun stapler staple "$image"
fi
echo "$image"
