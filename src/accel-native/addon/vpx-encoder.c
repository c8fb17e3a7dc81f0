#define LIBRARY vpx
#include "video-encoder-names.h"

#include "../../../emscripten/glue/vpx-encoder.c"

const VideoEncoderLibrary vpx_library = VIDEO_ENCODER_LIBRARY("libvpx");
