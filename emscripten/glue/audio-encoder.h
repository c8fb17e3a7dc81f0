// What the pack that encodes audio exports. One encoder per instance of the module.
// The worker (src/wasm/worker/audio-encoder.ts) writes and reads these structures: keep both alike.
#ifndef EVERYCODEC_AUDIO_ENCODER_H
#define EVERYCODEC_AUDIO_ENCODER_H

#include <stdint.h>

#include "audio-codec.h"

enum EncoderError {
  ENCODER_ERROR_UNSUPPORTED = -1,
  ENCODER_ERROR_DATA = -2,
  ENCODER_ERROR_MEMORY = -3,
};

enum OpusSignal { SIGNAL_AUTO, SIGNAL_MUSIC, SIGNAL_VOICE };
enum OpusApplication { APPLICATION_VOIP, APPLICATION_AUDIO, APPLICATION_LOWDELAY };

typedef struct EncoderParameters {
  double bitrate; // bits per second, 0: the codec's default
  int32_t codec;  // enum AudioCodec
  int32_t sample_rate;
  int32_t channels;
  int32_t constant_bitrate; // 1: "constant", 0: "variable"
  int32_t opus_signal;
  int32_t opus_application;
  int32_t opus_frame_duration; // µs
  int32_t opus_complexity;
  int32_t opus_packet_loss; // percent
  int32_t opus_fec;
  int32_t opus_dtx;
  int32_t flac_block_size; // frames, 0: chosen
  int32_t flac_compress_level;
} EncoderParameters;

typedef struct SourceSamples {
  double timestamp; // µs
  int32_t format;   // enum SampleFormat
  int32_t frames;
  const uint8_t *data; // the planes one after the other, or the interleaved frames
} SourceSamples;

typedef struct EncodedPacket {
  double timestamp; // µs, of the first sample given to the encoder for it
  double duration;  // µs
  const uint8_t *data; // until the next call
  int32_t size;
} EncodedPacket;

int encoder_open(const EncoderParameters *parameters);

// The samples' memory may be reused after the call.
int encoder_encode(const SourceSamples *samples);

// Returns 1 with a packet, 0 when there is none, or an EncoderError.
int encoder_receive(EncodedPacket *packet);

// No more samples for now: the last, padded packet comes out of encoder_receive().
// Afterwards the encoder begins anew.
int encoder_drain(void);

void encoder_close(void);

// The codec's global header (AudioSpecificConfig, OpusHead, STREAMINFO block …), of `encoder_description_size()` bytes.
const uint8_t *encoder_description(void);
int encoder_description_size(void);

#endif
