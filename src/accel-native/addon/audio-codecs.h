// The packs' audio codecs, under names that can live in one program.
#ifndef EVERYCODEC_AUDIO_CODECS_H
#define EVERYCODEC_AUDIO_CODECS_H

// Their headers have names in common, and with those of video.
#define decoder_open audio_decoder_open
#define decoder_decode audio_decoder_decode
#define decoder_receive audio_decoder_receive
#define decoder_drain audio_decoder_drain
#define decoder_close audio_decoder_close
#define encoder_open audio_encoder_open
#define encoder_encode audio_encoder_encode
#define encoder_receive audio_encoder_receive
#define encoder_drain audio_encoder_drain
#define encoder_close audio_encoder_close
#define encoder_description audio_encoder_description
#define encoder_description_size audio_encoder_description_size

#ifdef __cplusplus
extern "C" {
#endif

#include "audio-decoder.h"
#include "audio-encoder.h"

#ifdef __cplusplus
}
#endif

#endif
