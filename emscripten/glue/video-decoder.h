// What a pack that decodes video exports. One decoder per instance of the module.
// The worker (src/wasm/worker/video-decoder.ts) reads these structures field by field: keep both alike.
#ifndef EVERYCODEC_VIDEO_DECODER_H
#define EVERYCODEC_VIDEO_DECODER_H

#include <stdint.h>

enum VideoCodec { VIDEO_CODEC_AVC, VIDEO_CODEC_VP8, VIDEO_CODEC_VP9 };

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

// `description` as the codec's registration defines it, or NULL.
// `reorder_depth`: pictures to hold back for presentation order. Returns 0 or a DecoderError.
int decoder_open(int codec, int threads, int low_latency, int reorder_depth, const uint8_t *description, int size);

// `data` must be followed by 64 readable zero bytes. All ready frames must have been received before.
int decoder_decode(const uint8_t *data, int size, double timestamp, double duration);

// Returns 1 with a frame, 0 when there is none, or a DecoderError.
int decoder_receive(DecodedFrame *frame);

// No more data for now: decoder_receive() then gives all frames held back. Afterwards the decoder
// takes data again, beginning with a key frame.
int decoder_drain(void);

void decoder_release(int slot);

// Frames that are not released yet stay valid.
void decoder_close(void);

#endif
