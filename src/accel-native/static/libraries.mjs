// The libraries of the native engine, and what the package says about each. How one is built stands in its script
// (libraries/NAME.sh); its source in the packs' sources.json, or in the one here.
import { readFileSync } from 'node:fs';

const readJson = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

export const sources = { ...readJson('../../../emscripten/sources.json'), ...readJson('sources.json') };

/**
 * title: its name in the notices; notices: the files of its source that hold its licences, and those of others' files
 * in it (of a source file, its first comment); needs: what it is built against; files: what else its script uses.
 */
export const libraries = {
  'nv-codec-headers': {
    title: 'NVIDIA’s codec headers',
    notices: ['include/ffnvcodec/nvEncodeAPI.h', 'include/ffnvcodec/dynlink_loader.h'],
  },
  libva: { title: 'libva’s headers', files: ['libva.c'], notices: ['COPYING'] },
  dav1d: { title: 'dav1d', notices: ['COPYING', 'src/ext/x86/x86inc.asm'] },
  ffmpeg: {
    title: 'FFmpeg (libavcodec, libavutil, libswresample)',
    needs: ['nv-codec-headers', 'libva', 'dav1d'],
    patch: 'patches/ffmpeg.patch',
    notices: ['LICENSE.md', 'COPYING.LGPLv2.1'],
  },
  libvpx: {
    title: 'libvpx',
    notices: ['LICENSE', 'PATENTS', 'third_party/x86inc/LICENSE', 'third_party/nalloc/LICENSE'],
  },
  aom: {
    title: 'libaom',
    notices: ['LICENSE', 'PATENTS', ...['fastfeat', 'vector', 'x86inc', 'highway'].map(licenceOfAom)],
  },
  openh264: { title: 'OpenH264', notices: ['LICENSE'] },
  kvazaar: { title: 'Kvazaar', patch: '../../../emscripten/patches/kvazaar.patch', notices: ['LICENSE'] },
  opus: { title: 'libopus', notices: ['COPYING'] },
  lame: { title: 'LAME (libmp3lame)', notices: ['COPYING'] },
  libogg: { title: 'libogg', notices: ['COPYING'] },
  simde: { title: 'SIMDe’s headers', notices: ['usr/share/doc/libsimde-dev/copyright'] },
  libvorbis: { title: 'libvorbis', needs: ['libogg'], notices: ['COPYING'] },
};

function licenceOfAom(name) {
  return `third_party/${name}/LICENSE${name === 'highway' ? '-BSD3' : ''}`;
}
