// What stands in for the hardware's codecs: libavcodec's software ones, a picture in, a picture out.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// 8-bit 4:2:0 with interleaved chroma, the layout of all "device memory" here. Both planes have one pitch.
typedef struct {
  int width;
  int height;
  size_t pitch;
  uint8_t *luma;
  uint8_t *chroma;
} Nv12;

// Rows of the chroma plane, and bytes in one.
static inline int nv12_chroma_rows(const Nv12 *picture) { return (picture->height + 1) / 2; }
static inline size_t nv12_chroma_bytes(const Nv12 *picture) { return ((size_t)picture->width + 1) / 2 * 2; }

// Copies what both have.
void nv12_copy(const Nv12 *to, const Nv12 *from);

typedef enum { CODEC_H264, CODEC_VP9 } Codec;

static inline const char *codec_name(Codec codec) { return codec == CODEC_H264 ? "h264" : "vp9"; }

typedef struct SoftwareDecoder SoftwareDecoder;

// NULL: out of memory, or libavcodec lacks the decoder. Decoders are counted; release() closes with the last.
SoftwareDecoder *software_decoder_open(Codec codec);
SoftwareDecoder *software_decoder_share(SoftwareDecoder *decoder);
void software_decoder_release(SoftwareDecoder *decoder);

// Decodes one picture, or a field of one, in bitstream order whether it is shown or not. False: nothing was decoded.
bool software_decode(SoftwareDecoder *decoder, const uint8_t *data, size_t size, const Nv12 *picture);

typedef enum { PROFILE_BASELINE, PROFILE_MAIN, PROFILE_HIGH } H264Profile;

typedef struct {
  int width;
  int height;
  H264Profile profile;
  int level;       // level_idc; 0: the encoder's choice
  int64_t bitrate; // per second; 0: constant quantizer
  int quantizer;
  int framerate_numerator;
  int framerate_denominator;
  int key_interval; // 0: only what is asked for
  bool cabac;
  bool without_transform_8x8; // in High, where it can be
  bool full_range;
  int primaries; // colours as in ITU-T H.273
  int transfer;
  int matrix;
  bool without_parameter_sets; // these are asked for with software_encoder_parameter_sets()
} EncoderSettings;

typedef struct SoftwareEncoder SoftwareEncoder;

SoftwareEncoder *software_encoder_open(const EncoderSettings *settings);
void software_encoder_close(SoftwareEncoder *encoder);
void software_encoder_set_bitrate(SoftwareEncoder *encoder, int64_t bitrate);

typedef struct {
  const uint8_t *data; // Annex B, until the next picture
  size_t size;
  bool is_key;
} EncodedPicture;

// One picture in, the same one out.
bool software_encode(SoftwareEncoder *encoder, const Nv12 *picture, bool force_key, EncodedPicture *encoded);

// SPS and PPS as an Annex B stream; 0: too small a buffer or a failure.
size_t software_encoder_parameter_sets(const EncoderSettings *settings, uint8_t *data, size_t capacity);
