#!/bin/sh
# make run: two encoders, trained at once on a processor each, and their report; says where the time goes.
set -eu
out=runs/quick
begin=$(date +%s)
before=$begin
lap() {
    now=$(date +%s)
    echo "$1: $((now - before)) s"
    before=$now
}
./uvl --version > /dev/null # builds what is needed, no more
lap "build"
rm -rf "$out"
./uvl train autoencoder --quiet --threads 1 --out "$out/autoencoder" > "$out.log" 2>&1 &
autoencoder=$!
trap 'kill "$autoencoder" 2> /dev/null || true' EXIT
./uvl train moco --set stepCount=1000 --threads 1 --out "$out/moco"
wait "$autoencoder" || { cat "$out.log" >&2; exit 1; }
rm "$out.log"
trap - EXIT
lap "training of both"
./uvl evaluate "$out/moco" "$out/autoencoder" --out "$out"
lap "embedding, clustering, report"
echo "$((before - begin)) s in all. Report: $out/report.html. Next: ./uvl tsne $out/moco --out plot.png"
