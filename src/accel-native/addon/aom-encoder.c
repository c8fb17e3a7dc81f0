#define LIBRARY aom
#include "video-encoder-names.h"

#include "../../../emscripten/glue/aom-encoder.c"

const VideoEncoderLibrary aom_library = VIDEO_ENCODER_LIBRARY("libaom");
