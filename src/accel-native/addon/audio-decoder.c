#include "audio-codecs.h"

#include "../../../emscripten/glue/audio-decoder.c"
