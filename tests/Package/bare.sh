#!/usr/bin/env bash
# Do both tools without libtorch start and load their native libraries where nothing else is installed? bare.sh MODEL [ROOT]: runs artifacts/light and the tool package in a
# root that has only the Debian packages below (needs root, for chroot), or in ROOT, such as one made by `debootstrap --variant=minbase bookworm ROOT`.
# Prints PASS, FAIL or SKIP lines and ends with 1 if any failed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
model=$(realpath "$1")
# libssl3: .NET computes SHA-256 with it. A minimal Debian 12 lacks that one alone.
needed="libc6 libgcc-s1 libstdc++6 libssl3" # gcc-12-base, which the latter two depend on, has documentation alone
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {
    if [ "$2" = 0 ]; then echo "PASS bare: $1"; else echo "FAIL bare: $1"; tail -5 "$work/log" >&2; failed=1; fi
}
if [ "$(id -u)" != 0 ] || ! command -v dpkg apt-get unshare > "$work/log" || ! unshare -m true 2> "$work/log"; then
    echo "SKIP bare: needs root on Debian (apt-get, dpkg, unshare)"
    exit
fi
if [ ! -x "$root/artifacts/light/uvl" ] || [ ! -d "$root/artifacts/packages" ]; then
    echo "FAIL bare: no artifacts/light and artifacts/packages (make light packages)"
    exit 1
fi

bare=$work/root
mkdir "$work/debs" "$bare"
what="$(. /etc/os-release && echo "$PRETTY_NAME"): $needed"
if [ -n "${2:-}" ]; then
    cp -a "$2/." "$bare"
    what="$2 and $needed"
fi
chmod 777 "$work" "$work/debs" # apt downloads as a user of its own
# shellcheck disable=SC2086
(cd "$work/debs" && apt-get download -qq $needed > "$work/log" 2>&1)
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$bare" 2> "$work/log"; done
[ -e "$bare/usr/lib/x86_64-linux-gnu/libssl.so.3" ]
check "root with $what" $?
mkdir -p "$bare/proc" "$bare/tmp" "$bare/dev" "$bare/data" "$bare/opt/dotnet/shared"
[ -e "$bare/dev/null" ] || mknod -m 666 "$bare/dev/null" c 1 3
[ -e "$bare/dev/urandom" ] || mknod -m 666 "$bare/dev/urandom" c 1 9
cp "$model" "$bare/data/model.onnx"
cp -r "$root/artifacts/light" "$bare/opt/light"
# .NET's runtime alone, not the SDK.
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
cp -r "$dotnet/dotnet" "$dotnet/host" "$bare/opt/dotnet"
cp -r "$dotnet/shared/Microsoft.NETCore.App" "$bare/opt/dotnet/shared"
echo "<configuration><packageSources><clear /><add key=\"local\" value=\"$root/artifacts/packages\" /></packageSources></configuration>" > "$work/nuget.config"
HOME=$work NUGET_PACKAGES=$work/cache dotnet tool install uvl --tool-path "$bare/opt/tool" --configfile "$work/nuget.config" > "$work/log" 2>&1
check "the tool package is installed into the root" $?
# A picture that SkiaSharp's library decodes, not ours: 28 x 28 pixels of 24 bits.
mkdir "$bare/data/pictures"
{
    printf 'BM\x66\x09\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x1c\0\0\0\x1c\0\0\0\1\0\x18\0\0\0\0\0\x30\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
    { head -c 1176 /dev/zero; head -c 84 /dev/zero | tr '\0' '\377'; head -c 1092 /dev/zero; }
} > "$bare/data/pictures/line.bmp"

# Without the variables of this shell, in a mount namespace of its own, whose /proc goes with it.
inside() {
    unshare -m bash -c 'mount -t proc proc "$0/proc" && exec chroot "$@"' "$bare" "$bare" "$@" > "$work/log" 2>&1 < /dev/null
}
run() {
    inside "${run[@]}" "$@"
}
cp "$(command -v env)" "$bare/opt/env" # coreutils' own, which needs libc alone
for tool in light tool; do
    run=(/opt/env -i HOME=/tmp DOTNET_ROOT=/opt/dotnet "/opt/$tool/uvl")
    run doctor && grep -q '^ok   ONNX Runtime' "$work/log"
    check "$tool: doctor finds ONNX Runtime" $?
    run verify /data/model.onnx && grep -q '^trial       runs within bounds' "$work/log" && grep -q '^agreement ' "$work/log"
    check "$tool: verify, ONNX Runtime agrees with the evaluator" $?
    run embed /data/model.onnx --data /data/pictures --quiet --out "/data/$tool.npy" && grep -q '^1 row ' "$work/log"
    check "$tool: embed a picture that SkiaSharp decodes" $?
    run evaluate /data/model.onnx --data strokes:700 --protocol strict --quiet --out "/data/report-$tool" && [ -s "$bare/data/report-$tool/report.html" ]
    check "$tool: evaluate" $?
done
mv "$bare/usr/lib/x86_64-linux-gnu/libssl.so.3" "$bare/data"
! run embed /data/model.onnx --data /data/pictures --quiet --out /data/none.npy && grep -q 'No usable version of libssl was found' "$work/log"
check "without libssl3 the tool says so" $?
status=0
run doctor || status=$?
[ $status = 6 ] && grep -q '^BAD  OpenSSL  *no libssl found.* install libssl3$' "$work/log"
check "without libssl3 doctor says what to install" $?
mv "$bare/data/libssl.so.3" "$bare/usr/lib/x86_64-linux-gnu"
cmp "$bare/data/light.npy" "$bare/data/tool.npy" > "$work/log" 2>&1
check "both tools write the same embeddings" $?
run tsne --help && run embed /data/model.onnx --data strokes:50 --quiet --out /data/rows.npy && run tsne /data/rows.npy --quiet --out /data/plot.png && [ -s "$bare/data/plot.png" ]
check "tool: tsne draws a plot" $?
exit $failed
