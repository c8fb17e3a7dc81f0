// The packs: one WebAssembly module for one job. Everything that decides what a pack contains stands here.

const link = [
  '-sMODULARIZE',
  '-sEXPORT_ES6',
  '-sENVIRONMENT=web,worker,node',
  '-sALLOW_MEMORY_GROWTH',
  // 2 GiB: a 4K decoder with 16 references and 8 threads needs about 0.6 GiB.
  '-sMAXIMUM_MEMORY=2147483648',
  '-sSTACK_SIZE=1048576',
  '-sDYNAMIC_EXECUTION=0',
  '-sFILESYSTEM=0',
  '-sINCOMING_MODULE_JS_API=instantiateWasm,print,printErr,onAbort,mainScriptUrlOrBlob,locateFile',
  '-sEXPORTED_RUNTIME_METHODS=HEAPU8,wasmMemory',
  '--no-entry',
];

/** Each pack is built once per variant. */
export const variants = {
  simd: {
    suffix: '',
    flags: ['-O3', '-msimd128'],
    link: [...link, '-sINITIAL_MEMORY=16777216'],
  },
  'simd-threads': {
    suffix: '-threads',
    flags: ['-O3', '-msimd128', '-pthread'],
    link: [
      ...link,
      '-sINITIAL_MEMORY=16777216',
      '-sPTHREAD_POOL_SIZE=Module.threadPoolSize',
      '-sPTHREAD_POOL_SIZE_STRICT=2',
      '-sDEFAULT_PTHREAD_STACK_SIZE=1048576',
      // JavaScript never touches a heap that another thread may grow without asking for its buffer anew.
      '-Wno-pthreads-mem-growth',
    ],
  },
};

const videoDecoder = [
  'decoder_open',
  'decoder_decode',
  'decoder_receive',
  'decoder_drain',
  'decoder_release',
  'decoder_close',
];
const imageDecoder = ['decoder_open', 'decoder_decode', 'decoder_receive', 'decoder_release', 'decoder_close'];
const videoEncoder = ['encoder_open', 'encoder_encode', 'encoder_receive', 'encoder_drain', 'encoder_close'];
const videoEncoderHeaders = [
  'decoded-frame.h',
  'video-decoder.h',
  'video-encoder.h',
  'encoder-settings.h',
  'picture.h',
];
const audioDecoder = ['decoder_open', 'decoder_decode', 'decoder_receive', 'decoder_drain', 'decoder_close'];
const audioEncoder = [
  'encoder_description',
  'encoder_description_size',
  'encoder_open',
  'encoder_encode',
  'encoder_receive',
  'encoder_drain',
  'encoder_close',
];

// Inlined into their only callers, functions become so large that V8 keeps their variables in memory, and takes longer
// to compile those that run once per picture than to run them.
const withoutHugeFunctions = ['-sBINARYEN_EXTRA_PASSES=--one-caller-inline-max-function-size=300'];

const opusKernels = { 'opus-fft.c': ['opus_fft_impl', 'opus_fft_c'] };
const mdctKernels = { 'tx-mdct.c': ['av_tx_init'] };
// Of VP8 and VP9, all but those of four columns.
const vpxBlocks = ['8x4', '8x8', '8x16', '16x8', '16x16', '16x32', '32x16', '32x32', '32x64', '64x32', '64x64'];

export const packs = {
  'avc-decode': {
    libraries: ['ffmpeg'],
    ffmpeg: { decoders: ['h264'] },
    // Kernels of our own: each file with the functions of the library that it stands in for.
    simd: {
      'h264-qpel.c': ['ff_h264qpel_init'],
      'h264-chroma.c': ['ff_h264chroma_init'],
      'h264-dsp.c': ['ff_h264dsp_init'],
      'h264-idct.c': [],
      'videodsp.c': ['ff_videodsp_init'],
    },
    simdHeaders: ['h264-idct.h', 'transpose.h'],
    glue: ['avcodec-video-decoder.c', 'slots.c'],
    headers: ['decoded-frame.h', 'slots.h', 'video-decoder.h'],
    exports: videoDecoder,
  },
  'avc-encode': {
    libraries: ['openh264'],
    archives: { openh264: ['libopenh264.a'] },
    privateHeaders: ['openh264'],
    // C++ names as they are mangled.
    simd: {
      'openh264-sample.cpp': ['_ZN7WelsEnc21WelsInitSampleSadFuncEPNS_22TagWelsFuncPointerListEj'],
      'openh264-transform.cpp': [
        '_ZN7WelsEnc21WelsInitEncodingFuncsEPNS_22TagWelsFuncPointerListEj',
        '_ZN7WelsEnc27WelsInitReconstructionFuncsEPNS_22TagWelsFuncPointerListEj',
        '_ZN7WelsEnc13InitCoeffFuncEPNS_22TagWelsFuncPointerListEji',
      ],
      'openh264-intra.cpp': ['_ZN7WelsEnc22WelsInitIntraPredFuncsEPNS_22TagWelsFuncPointerListEj'],
      'openh264-mc.cpp': ['_ZN10WelsCommon10InitMcFuncEP9TagMcFuncj'],
      'openh264-deblock.cpp': ['_ZN7WelsEnc14DeblockingInitEPNS_17tagDeblockingFuncEi'],
      'openh264-vaa.c': [
        '_ZN6WelsVP12VAACalcSad_cEPKhS1_iiiPiS2_',
        '_ZN6WelsVP15VAACalcSadBgd_cEPKhS1_iiiPiS2_S2_Ph',
        '_ZN6WelsVP15VAACalcSadVar_cEPKhS1_iiiPiS2_S2_S2_',
        '_ZN6WelsVP15VAACalcSadSsd_cEPKhS1_iiiPiS2_S2_S2_S2_',
        '_ZN6WelsVP18VAACalcSadSsdBgd_cEPKhS1_iiiPiS2_S2_S2_S2_S2_Ph',
      ],
    },
    simdHeaders: ['differences.h', 'openh264.h', 'transpose.h'],
    link: withoutHugeFunctions,
    glue: ['openh264-encoder.c', 'packet-buffer.c', 'encoder-settings.c', 'picture.c'],
    headers: [...videoEncoderHeaders, 'packet-buffer.h'],
    exports: videoEncoder,
  },
  'hevc-decode': {
    libraries: ['ffmpeg'],
    ffmpeg: { decoders: ['hevc'] },
    simd: {
      'hevc-dsp.c': ['ff_hevc_dsp_init', 'ff_hevc_dsp_init_wasm'],
      'hevc-mc.c': [],
      'hevc-deblock.c': [],
      'hevc-residual.c': [],
      'hevc-sao.c': [],
      'hevc-pred.c': ['ff_hevc_pred_init'],
      'videodsp.c': ['ff_videodsp_init'],
    },
    simdHeaders: ['hevc-dsp.h', 'transpose.h'],
    glue: ['avcodec-video-decoder.c', 'slots.c'],
    headers: ['decoded-frame.h', 'slots.h', 'video-decoder.h'],
    exports: videoDecoder,
  },
  'hevc-encode': {
    libraries: ['kvazaar'],
    archives: { kvazaar: ['libkvazaar.a'] },
    // The glue reaches into the library's own structures.
    privateHeaders: ['kvazaar'],
    simd: {
      'kvazaar-coeff.c': ['kvz_strategy_register_encode_avx2'],
      'kvazaar-dct.c': ['kvz_strategy_register_dct_avx2'],
      'kvazaar-picture.c': ['kvz_strategy_register_picture_avx2', 'kvz_pixels_blit'],
    },
    simdHeaders: ['differences.h', 'kvazaar-simd.h', 'transpose.h'],
    link: withoutHugeFunctions,
    glue: ['kvazaar-encoder.c', 'packet-buffer.c', 'encoder-settings.c', 'picture.c'],
    headers: [...videoEncoderHeaders, 'packet-buffer.h'],
    exports: videoEncoder,
  },
  'av1-decode': {
    libraries: ['dav1d'],
    archives: { dav1d: ['libdav1d.a'] },
    privateHeaders: ['dav1d'],
    simd: {
      'av1-mc.c': ['dav1d_mc_dsp_init_8bpc'],
      'av1-mc-16.c': ['dav1d_mc_dsp_init_16bpc'],
      'av1-ipred.c': ['dav1d_intra_pred_dsp_init_8bpc'],
      'av1-cdef.c': ['dav1d_cdef_dsp_init_8bpc'],
      'av1-itx.c': ['dav1d_itx_dsp_init_8bpc'],
      'av1-loopfilter.c': ['dav1d_loop_filter_dsp_init_8bpc'],
      'av1-looprestoration.c': ['dav1d_loop_restoration_dsp_init_8bpc'],
      'av1-msac.c': [
        'dav1d_msac_decode_symbol_adapt4_c',
        'dav1d_msac_decode_symbol_adapt8_c',
        'dav1d_msac_decode_symbol_adapt16_c',
        'dav1d_msac_decode_hi_tok_c',
        'dav1d_msac_decode_bool_equi_c',
        'dav1d_msac_decode_bool_c',
        'dav1d_msac_decode_bool_adapt_c',
      ],
    },
    simdHeaders: ['av1-mc.h', 'av1-msac.h', 'transpose.h'],
    link: withoutHugeFunctions,
    glue: ['dav1d-video-decoder.c', 'slots.c'],
    headers: ['decoded-frame.h', 'slots.h', 'video-decoder.h'],
    exports: videoDecoder,
  },
  'av1-encode': {
    libraries: ['aom'],
    archives: { aom: ['libaom.a'] },
    link: withoutHugeFunctions,
    glue: ['aom-encoder.c', 'vpx-aom.c', 'encoder-settings.c', 'picture.c'],
    headers: [...videoEncoderHeaders, 'vpx-aom.h'],
    exports: videoEncoder,
  },
  'vpx-decode': {
    libraries: ['ffmpeg'],
    ffmpeg: { decoders: ['vp8', 'vp9'], bitstreamFilters: ['vp9_superframe_split'] },
    simd: {
      'vp8-dsp.c': ['ff_vp8dsp_init'],
      'vp9-dsp.c': ['ff_vp9dsp_init'],
      'vp9-itxfm.c': [],
      'videodsp.c': ['ff_videodsp_init'],
    },
    simdHeaders: ['edges.h', 'subpel.h', 'transpose.h', 'vp9-itxfm.h'],
    link: withoutHugeFunctions,
    glue: ['avcodec-video-decoder.c', 'slots.c'],
    headers: ['decoded-frame.h', 'slots.h', 'video-decoder.h'],
    exports: videoDecoder,
  },
  'vpx-encode': {
    libraries: ['libvpx'],
    archives: { libvpx: ['libvpx.a'] },
    simd: {
      'vpx-sad.c': vpxBlocks.flatMap((size) => [`vpx_sad${size}_neon`, `vpx_sad${size}x4d_neon`]),
      'vpx-variance.c': vpxBlocks.map((size) => `vpx_sub_pixel_variance${size}_neon`),
    },
    simdHeaders: ['differences.h'],
    link: withoutHugeFunctions,
    glue: ['vpx-encoder.c', 'vpx-aom.c', 'encoder-settings.c', 'picture.c'],
    headers: [...videoEncoderHeaders, 'vpx-aom.h'],
    exports: videoEncoder,
  },
  image: {
    libraries: ['ffmpeg', 'zlib'],
    archives: { zlib: ['libz.a'] },
    ffmpeg: { decoders: ['mjpeg', 'png', 'gif', 'webp', 'bmp', 'vp8'] },
    simd: { 'vp8-dsp.c': ['ff_vp8dsp_init'] },
    simdHeaders: ['edges.h', 'subpel.h', 'transpose.h'],
    glue: ['image-decoder.c', 'slots.c'],
    headers: ['decoded-frame.h', 'image-decoder.h', 'slots.h'],
    exports: imageDecoder,
  },
  'audio-decode': {
    libraries: ['ffmpeg', 'opus'],
    archives: { opus: ['libopus.a'] },
    ffmpeg: {
      decoders: [
        'aac',
        'mp3float',
        'flac',
        'vorbis',
        'pcm_u8',
        'pcm_s16le',
        'pcm_s24le',
        'pcm_s32le',
        'pcm_f32le',
        'pcm_alaw',
        'pcm_mulaw',
      ],
    },
    simd: { ...opusKernels, ...mdctKernels },
    simdHeaders: ['complex-pairs.h'],
    link: withoutHugeFunctions,
    glue: ['audio-decoder.c'],
    headers: ['audio-codec.h', 'audio-libraries.h', 'audio-decoder.h'],
    exports: audioDecoder,
  },
  'audio-encode': {
    libraries: ['ffmpeg', 'opus', 'lame', 'libvorbis', 'libogg'],
    archives: {
      opus: ['libopus.a'],
      lame: ['libmp3lame.a'],
      libvorbis: ['libvorbisenc.a', 'libvorbis.a'],
      libogg: ['libogg.a'],
    },
    ffmpeg: {
      encoders: ['aac', 'flac', 'pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_s32le', 'pcm_f32le', 'pcm_alaw', 'pcm_mulaw'],
    },
    simd: opusKernels,
    simdHeaders: ['complex-pairs.h'],
    link: withoutHugeFunctions,
    glue: ['audio-encoder.c', 'mp3-encoder.c', 'vorbis-encoder.c'],
    headers: ['audio-codec.h', 'audio-libraries.h', 'audio-library.h', 'audio-encoder.h'],
    exports: audioEncoder,
  },
  // No codec: the conversion of pixels on the calling thread, without JavaScript of its own.
  pixels: {
    libraries: [],
    standalone: {
      folder: 'pixels',
      sources: ['yuv-to-rgb.c', 'rgb-to-rgb.c', 'gamut.c'],
      headers: ['pixels.h'],
      flags: [
        '-O2',
        '-msimd128',
        '-Wall',
        '-Wextra',
        '-sSTANDALONE_WASM',
        '--no-entry',
        '-sSTACK_SIZE=4096',
        '-sINITIAL_MEMORY=1179648',
        '-sALLOW_MEMORY_GROWTH=0',
        '-sEXPORTED_FUNCTIONS=_set_matrix,_yuv_to_rgb,_rgb_to_rgb,_set_gamut,_input,_output,_light,_encoding',
      ],
    },
  },
};
