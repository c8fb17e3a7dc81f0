// Brings any picture that WebCodecs may hand to an encoder into what encoders take: planar 4:2:0 of the
// encoder's size and bit depth.
#ifndef EVERYCODEC_PICTURE_H
#define EVERYCODEC_PICTURE_H

#include "video-encoder.h"

// The largest width and height of any picture here.
#define PICTURE_MAX_SIZE 16384

// Planar 4:2:0: bytes, or 16-bit samples where the bit depth exceeds 8.
typedef struct Picture {
  const uint8_t *plane[3];
  int stride[3]; // bytes
} Picture;

// 0 when an encoder may read the source's own planes.
int picture_needs_conversion(const SourcePicture *source, int width, int height, int bit_depth);

// Planes that already suit are the source's own; the others are converted into memory that stays valid
// until the next call. Returns 0 or an EncoderError.
//
// RGB becomes limited-range BT.709. YUV keeps its matrix and its range. Alpha is dropped.
int picture_prepare(const SourcePicture *source, int width, int height, int bit_depth, Picture *picture);

void picture_free(void);

#endif
