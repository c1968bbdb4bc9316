#!/usr/bin/env bash
# Gathers the files of a release in artifacts/release from artifacts/light and artifacts/packages (make release). The same sources give the same bytes in any folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
version=$(sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' Directory.Build.props)
onnxruntime=$(sed -nE 's|.*<OnnxRuntimeVersion>(.*)</OnnxRuntimeVersion>.*|\1|p' Directory.Packages.props)
skia=$(sed -nE 's|.*"SkiaSharp.NativeAssets.Linux.NoDependencies" Version="(.*)".*|\1|p' Directory.Packages.props)
cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
out=$PWD/artifacts/release
rm -rf "$out"
mkdir -p "$out/packages"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Names in order, one time, one owner, and modes that do not depend on the umask. pack FOLDER NAME: FOLDER/NAME becomes NAME.tar.gz.
pack() {
    tar -C "$1" --sort=name --mtime=@315532800 --owner=0 --group=0 --numeric-owner --mode='a=rX,u+w' --format=ustar -cf - "$2" | gzip -n -9 > "$out/$2.tar.gz"
}
light=uvl-$version-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')
cp -r artifacts/light "$work/$light"
cp LICENSE "$work/$light"
# The native libraries in it are not ours.
for package in "microsoft.ml.onnxruntime/$onnxruntime" "skiasharp.nativeassets.linux.nodependencies/$skia"; do
    mkdir -p "$work/$light/licenses/${package%%/*}"
    find "$cache/$package" -maxdepth 1 -iname '*license*' -o -maxdepth 1 -iname '*third*notices*' | while read -r text; do
        install -m 644 "$text" "$work/$light/licenses/${package%%/*}"
    done
done
pack "$work" "$light"
cp -r models "$work/uvl-models-$version"
pack "$work" "uvl-models-$version"
cp artifacts/packages/* "$out/packages"

# shellcheck disable=SC2046
dotnet run build/release/sbom.cs -- "$version" "$out/sbom.cdx.json" artifacts/aot/Cli.Light.lock.json src/Export.Weaver/packages.lock.json \
    $(grep -l build/Package.props src/*/*.csproj | sed 's|[^/]*$|packages.lock.json|')
# The topmost section.
awk '/^## /{ section++ } section == 1' CHANGELOG.md > "$out/CHANGES.md"
(cd "$out" && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
echo "$(wc -l < "$out/SHA256SUMS") files in artifacts/release, $(du -sh --apparent-size "$out" | cut -f1)"
