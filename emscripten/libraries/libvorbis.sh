# libvorbis and libvorbisenc.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set; LIBOGG is where libogg is installed.
set -euo pipefail

# Audio is little work: small before fast.
CFLAGS=${CFLAGS/-O3/-Os}

# Without the tables for coupled 5.1, which are as large as all others for 44.1 kHz: its channels are coded uncoupled.
cp -r "$SOURCE" source
sed -i '/&ve_setup_44_51,/d' source/lib/vorbisenc.c

# configure adds -m32 and the like for hosts that it knows.
emconfigure source/configure --prefix="$PREFIX" --host=wasm32-unknown-none --with-ogg="$LIBOGG" \
  --disable-shared --enable-static --disable-oggtest --disable-docs --disable-examples CFLAGS="$CFLAGS" \
  || { sed -n '/configure:/p' config.log | tail -n 5; exit 1; }
make -j"$JOBS" -C lib install
make -C include install
