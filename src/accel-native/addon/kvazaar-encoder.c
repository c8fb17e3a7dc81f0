#define LIBRARY kvazaar
#include "video-encoder-names.h"

#include "../../../emscripten/glue/kvazaar-encoder.c"

const VideoEncoderLibrary kvazaar_library = VIDEO_ENCODER_LIBRARY("Kvazaar");
