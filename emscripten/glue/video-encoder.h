// What a pack that encodes video exports. One encoder per instance of the module.
// The worker (src/wasm/worker/video-encoder.ts) writes and reads these structures: keep both alike.
#ifndef EVERYCODEC_VIDEO_ENCODER_H
#define EVERYCODEC_VIDEO_ENCODER_H

#include <stdint.h>

enum BitrateMode { BITRATE_CONSTANT, BITRATE_VARIABLE, BITRATE_QUANTIZER };

// In the order of src/wasm/worker/video-encoder.ts.
enum ChromaSubsampling { CHROMA_420, CHROMA_422, CHROMA_440, CHROMA_444 };

enum EncoderError {
  ENCODER_ERROR_UNSUPPORTED = -1,
  ENCODER_ERROR_DATA = -2,
  ENCODER_ERROR_MEMORY = -3,
};

typedef struct EncoderParameters {
  double bitrate;   // bits per second, 0: chosen by size and rate
  double framerate; // frames per second
  int32_t codec;    // enum VideoCodec
  int32_t profile;  // H.264 profile_idc, HEVC profile_idc, VP9 or AV1 profile
  int32_t constraints; // H.264: the byte of constraint flags; H.265: 1 for the high tier
  int32_t level;    // × 10: H.264's level_idc; 0 where there is none
  int32_t bit_depth;
  int32_t chroma; // enum ChromaSubsampling, of the stream
  int32_t width;
  int32_t height;
  int32_t bitrate_mode; // enum BitrateMode
  int32_t realtime;     // 1: latencyMode "realtime", no lookahead; 0: "quality"
  int32_t temporal_layers; // 1 to 3
  int32_t screen_content;  // 1: text, diagrams: contentHint "text" or "detail"
  int32_t key_frames_on_request; // 1: no others, so that two streams can have theirs together
  int32_t threads;
} EncoderParameters;

typedef struct SourcePicture {
  double timestamp; // µs
  double duration;  // µs, negative if unknown
  int32_t format;   // enum PixelFormat (video-decoder.h)
  int32_t width;    // pixels; another size than the encoder's is scaled
  int32_t height;
  int32_t primaries;  // H.273 code points, of YUV pictures
  int32_t transfer;
  int32_t matrix;
  int32_t full_range; // 1 or 0
  int32_t key_frame;  // 1: must become a key frame
  int32_t quantizer;  // on the codec's own scale, -1: by rate control
  const uint8_t *plane[4];
  int32_t stride[4]; // bytes
} SourcePicture;

typedef struct EncodedPacket {
  double timestamp; // µs, of the picture or first sample
  double duration;  // µs, negative if unknown
  const uint8_t *data; // until the next call
  int32_t size;
  int32_t key_frame;
  int32_t temporal_layer;
} EncodedPacket;

// Returns 0 or an EncoderError. H.264 and HEVC come out as Annex B with parameter sets before
// each IDR picture, AV1 without temporal delimiters.
int encoder_open(const EncoderParameters *parameters);

// The picture's memory may be reused after the call.
int encoder_encode(const SourcePicture *picture);

// Returns 1 with a packet, 0 when there is none, or an EncoderError.
int encoder_receive(EncodedPacket *packet);

// No more pictures for now: encoder_receive() then gives all packets held back.
// Afterwards the encoder takes pictures again; the next one may be any type of frame.
int encoder_drain(void);

void encoder_close(void);

#endif
