// What packs that decode video or images have in common: pixel formats, errors, and a decoded picture.
// The worker (src/wasm/worker/decoded-frame.ts) reads this structure field by field: keep both alike.
#ifndef EVERYCODEC_DECODED_FRAME_H
#define EVERYCODEC_DECODED_FRAME_H

#include <stdint.h>

// In the order of src/pixels/pixel-format.ts.
enum PixelFormat {
  PIXEL_FORMAT_I420, PIXEL_FORMAT_I420P10, PIXEL_FORMAT_I420P12,
  PIXEL_FORMAT_I420A, PIXEL_FORMAT_I420AP10, PIXEL_FORMAT_I420AP12,
  PIXEL_FORMAT_I422, PIXEL_FORMAT_I422P10, PIXEL_FORMAT_I422P12,
  PIXEL_FORMAT_I422A, PIXEL_FORMAT_I422AP10, PIXEL_FORMAT_I422AP12,
  PIXEL_FORMAT_I444, PIXEL_FORMAT_I444P10, PIXEL_FORMAT_I444P12,
  PIXEL_FORMAT_I444A, PIXEL_FORMAT_I444AP10, PIXEL_FORMAT_I444AP12,
  PIXEL_FORMAT_NV12,
  PIXEL_FORMAT_RGBA, PIXEL_FORMAT_RGBX, PIXEL_FORMAT_BGRA, PIXEL_FORMAT_BGRX,
};

// Negative results of every function.
enum DecoderError {
  DECODER_ERROR_UNSUPPORTED = -1, // this stream, or this description, is not for this decoder
  DECODER_ERROR_DATA = -2,        // the data cannot be decoded
  DECODER_ERROR_MEMORY = -3,
};

typedef struct DecodedFrame {
  double timestamp; // of the packet that the picture came from, µs
  double duration;  // µs, negative if unknown
  int32_t slot;     // to be given back with decoder_release()
  int32_t format;   // enum PixelFormat
  int32_t width;    // of the picture to show, pixels; the planes begin at its top left
  int32_t height;
  int32_t primaries; // code points of ITU-T H.273
  int32_t transfer;
  int32_t matrix;
  int32_t full_range; // 1, 0, or -1 if the stream does not say
  int32_t plane_count;
  const uint8_t *plane[4];
  int32_t stride[4]; // bytes
} DecodedFrame;

// Returns 1 with a frame, 0 when there is none, or a DecoderError.
int decoder_receive(DecodedFrame *frame);

void decoder_release(int slot);

// Frames that are not released yet stay valid.
void decoder_close(void);

#endif
