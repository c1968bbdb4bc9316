#!/usr/bin/env bash
# Does another folder give the same release? Clones the commit at hand into a folder of another name, builds the release there and compares it with artifacts/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ -f artifacts/release/SHA256SUMS ] || { echo "no artifacts/release: make release" >&2; exit 1; }
[ -z "$(git status --porcelain)" ] || { echo "changes are not committed: the clone would lack them" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q . "$work/another-folder"
make -C "$work/another-folder" release > "$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 1; }
if diff artifacts/release/SHA256SUMS "$work/another-folder/artifacts/release/SHA256SUMS"; then
    echo "$(wc -l < artifacts/release/SHA256SUMS) files, the same bytes in two folders"
else
    exit 1
fi
