// What the pack that decodes audio exports. One decoder per instance of the module.
// The worker (src/wasm/worker/audio-decoder.ts) reads these structures field by field: keep both alike.
#ifndef EVERYCODEC_AUDIO_DECODER_H
#define EVERYCODEC_AUDIO_DECODER_H

#include <stdint.h>

#include "audio-codec.h"

enum DecoderError {
  DECODER_ERROR_UNSUPPORTED = -1,
  DECODER_ERROR_DATA = -2,
  DECODER_ERROR_MEMORY = -3,
};

typedef struct DecodedSamples {
  double timestamp; // µs
  int32_t format;   // enum SampleFormat
  int32_t sample_rate;
  int32_t channels;
  int32_t frames;
  const uint8_t *const *planes; // one per channel, or one with interleaved samples; until the next call
} DecodedSamples;

int decoder_open(int codec, int sample_rate, int channels, const uint8_t *description, int size);

// `data` must be followed by 64 readable zero bytes. All ready samples must have been received before.
int decoder_decode(const uint8_t *data, int size, double timestamp, double duration);

// Returns 1 with samples, 0 when there are none, or a DecoderError.
int decoder_receive(DecodedSamples *samples);

// No more data for now; afterwards the decoder begins anew.
int decoder_drain(void);

void decoder_close(void);

#endif
