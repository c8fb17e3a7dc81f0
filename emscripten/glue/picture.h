// Brings any picture that WebCodecs may hand to an encoder into what encoders take: planar YUV of the
// encoder's size, bit depth and chroma subsampling.
#ifndef EVERYCODEC_PICTURE_H
#define EVERYCODEC_PICTURE_H

#include "video-encoder.h"

// The largest width and height of any picture here.
#define PICTURE_MAX_SIZE 16384

// Bytes, or 16-bit samples where the bit depth exceeds 8. Both planes of chroma have the same stride.
typedef struct Picture {
  const uint8_t *plane[3];
  int stride[3]; // bytes
} Picture;

// Planes that already suit are the source's own; the others are converted into memory that stays valid
// until the next call. Returns 0 or an EncoderError.
//
// RGB becomes limited-range BT.709. YUV keeps its matrix and its range. Alpha is dropped.
int picture_prepare(const SourcePicture *source, const EncoderParameters *wanted, Picture *picture);

// What the stream should say of a picture that was prepared.
typedef struct PictureColors {
  int primaries; // H.273 code points
  int transfer;
  int matrix;
  int full_range;
} PictureColors;

// Of a stream that says nothing.
extern const PictureColors unspecified_colors;

PictureColors picture_colors(const SourcePicture *source);

int colors_are_equal(PictureColors one, PictureColors other);

void picture_free(void);

#endif
