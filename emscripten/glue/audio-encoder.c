// Audio encoding: Opus through libopus, MP3 through LAME, Vorbis through libvorbis, everything else through
// libavcodec.
//
// Input is converted to the encoder's own format and rate, and waits in a FIFO until a whole frame is there.
// Timestamps: the first packet has that of the first samples; what follows counts samples.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/audio_fifo.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <opus/opus_multistream.h>

#include "audio-encoder.h"
#include "audio-libraries.h"
#include "audio-library.h"
#include "session-state.h"

#define MICROSECONDS 1000000
#define MAX_CHANNELS 32
#define MAX_FRAMES (1 << 24)
#define OPUS_MAX_PACKET 8192 // per stream: 120 ms are six frames of 1275 bytes and their sizes
#define OPUS_HEAD_SIZE 19

PER_SESSION EncoderParameters settings;
PER_SESSION int is_open;
PER_SESSION int draining;

// What the encoder takes.
PER_SESSION enum AVSampleFormat target_format;
PER_SESSION int target_rate;
PER_SESSION int frame_size; // 0: as many as there are

PER_SESSION AVCodecContext *context;
PER_SESSION AVPacket *packet;
PER_SESSION AVFrame *frame;
PER_SESSION int is_flushed; // the context has been told of the end

PER_SESSION OpusMSEncoder *opus;
PER_SESSION int opus_lookahead;
PER_SESSION float *opus_input;
PER_SESSION float *opus_ordered;
PER_SESSION uint8_t *opus_output;
PER_SESSION int opus_output_size;

PER_SESSION const AudioLibrary *library; // of MP3 and Vorbis

PER_SESSION SwrContext *resampler;
PER_SESSION int source_format; // of `resampler`, enum SampleFormat
PER_SESSION AVAudioFifo *fifo;
PER_SESSION uint8_t **converted;
PER_SESSION int converted_capacity;

PER_SESSION uint8_t description[OPUS_HEAD_SIZE + 2 + OPUS_MAX_CHANNELS];
PER_SESSION int description_size;

PER_SESSION int has_base;
PER_SESSION double base;   // µs
PER_SESSION int64_t count; // samples given out since `base`

static int memory_or(int error, int otherwise) {
  return error == AVERROR(ENOMEM) ? ENCODER_ERROR_MEMORY : otherwise;
}

// libavcodec ------------------------------------------------------------------------------------

static enum AVSampleFormat format_for(int codec) {
  switch (codec) {
  case AUDIO_CODEC_AAC: return AV_SAMPLE_FMT_FLTP;
  case AUDIO_CODEC_PCM_U8: return AV_SAMPLE_FMT_U8;
  case AUDIO_CODEC_PCM_S24:
  case AUDIO_CODEC_PCM_S32: return AV_SAMPLE_FMT_S32;
  case AUDIO_CODEC_PCM_F32: return AV_SAMPLE_FMT_FLT;
  default: return AV_SAMPLE_FMT_S16;
  }
}

static int is_aac_bitrate(double bitrate) {
  // An access unit holds at most 6144 bits per channel (ISO/IEC 14496-3, 4.5.3.1), for 1024 samples.
  double largest = 6.0 * settings.sample_rate * settings.channels;
  return bitrate >= 4000.0 * settings.channels && bitrate <= largest;
}

// Three channels are left, right and centre to AAC and Opus; FFmpeg's default would be 2.1.
static void choose_layout(AVChannelLayout *layout) {
  if (settings.channels == 3)
    *layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_SURROUND;
  else
    av_channel_layout_default(layout, settings.channels);
}

static int configure_avcodec(void) {
  context->sample_rate = settings.sample_rate;
  context->sample_fmt = target_format;
  context->time_base = (AVRational){1, settings.sample_rate};
  choose_layout(&context->ch_layout);
  if (settings.codec == AUDIO_CODEC_AAC) {
    double standard = fmin(64000.0 * settings.channels, 3.0 * settings.sample_rate * settings.channels);
    double bitrate = settings.bitrate > 0 ? settings.bitrate : standard;
    if (!is_aac_bitrate(bitrate))
      return ENCODER_ERROR_UNSUPPORTED;
    context->bit_rate = (int64_t)bitrate;
  }
  if (settings.codec == AUDIO_CODEC_FLAC) {
    context->compression_level = settings.flac_compress_level;
    context->frame_size = settings.flac_block_size;
    context->bits_per_raw_sample = target_format == AV_SAMPLE_FMT_S32 ? 24 : 16;
  }
  return 0;
}

static int start_avcodec(void) {
  const AVCodec *implementation = avcodec_find_encoder(codec_id(settings.codec));
  if (!implementation)
    return ENCODER_ERROR_UNSUPPORTED;
  avcodec_free_context(&context);
  context = avcodec_alloc_context3(implementation);
  if (!context)
    return ENCODER_ERROR_MEMORY;
  int error = configure_avcodec();
  if (error)
    return error;
  error = avcodec_open2(context, implementation, NULL);
  if (error < 0)
    return memory_or(error, ENCODER_ERROR_UNSUPPORTED);
  frame_size = context->frame_size;
  is_flushed = 0;
  return 0;
}

static int open_avcodec(void) {
  av_log_set_level(AV_LOG_QUIET);
  target_format = format_for(settings.codec);
  target_rate = settings.sample_rate;
  packet = av_packet_alloc();
  frame = av_frame_alloc();
  return packet && frame ? start_avcodec() : ENCODER_ERROR_MEMORY;
}

// libopus ---------------------------------------------------------------------------------------

static int is_opus_rate(int rate) {
  return rate == 8000 || rate == 12000 || rate == 16000 || rate == 24000 || rate == 48000;
}

static int is_opus_duration(int duration) {
  static const int durations[] = {2500, 5000, 10000, 20000, 40000, 60000, 80000, 100000, 120000};
  for (size_t i = 0; i < sizeof(durations) / sizeof(*durations); i++)
    if (durations[i] == duration)
      return 1;
  return 0;
}

static int is_opus_supported(void) {
  double largest = settings.channels <= 2 ? 510000 : 256000.0 * settings.channels;
  if (settings.channels > OPUS_MAX_CHANNELS || !is_opus_duration(settings.opus_frame_duration))
    return 0;
  return settings.bitrate == 0 || (settings.bitrate >= 6000 && settings.bitrate <= largest);
}

static void control_opus(void) {
  static const int signals[] = {OPUS_AUTO, OPUS_SIGNAL_MUSIC, OPUS_SIGNAL_VOICE};
  opus_int32 bitrate = settings.bitrate > 0 ? (opus_int32)settings.bitrate : OPUS_AUTO;
  opus_multistream_encoder_ctl(opus, OPUS_SET_BITRATE(bitrate));
  opus_multistream_encoder_ctl(opus, OPUS_SET_VBR(!settings.constant_bitrate));
  opus_multistream_encoder_ctl(opus, OPUS_SET_VBR_CONSTRAINT(1));
  opus_multistream_encoder_ctl(opus, OPUS_SET_SIGNAL(signals[settings.opus_signal]));
  opus_multistream_encoder_ctl(opus, OPUS_SET_COMPLEXITY(settings.opus_complexity));
  opus_multistream_encoder_ctl(opus, OPUS_SET_PACKET_LOSS_PERC(settings.opus_packet_loss));
  opus_multistream_encoder_ctl(opus, OPUS_SET_INBAND_FEC(settings.opus_fec != 0));
  opus_multistream_encoder_ctl(opus, OPUS_SET_DTX(settings.opus_dtx != 0));
  opus_multistream_encoder_ctl(opus, OPUS_GET_LOOKAHEAD(&opus_lookahead));
}

// RFC 7845, 5.1.
static void write_opus_head(int streams, int coupled, const uint8_t *mapping) {
  int pre_skip = (int)((int64_t)opus_lookahead * 48000 / target_rate);
  int family = settings.channels > 2;
  const uint8_t head[OPUS_HEAD_SIZE] = {
      'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, settings.channels,
      pre_skip & 255, pre_skip >> 8,
      settings.sample_rate & 255, settings.sample_rate >> 8 & 255, settings.sample_rate >> 16 & 255,
      settings.sample_rate >> 24, 0, 0, family,
  };
  memcpy(description, head, OPUS_HEAD_SIZE);
  description_size = OPUS_HEAD_SIZE;
  if (family) {
    description[description_size++] = streams;
    description[description_size++] = coupled;
    memcpy(description + description_size, mapping, settings.channels);
    description_size += settings.channels;
  }
}

static int open_opus(void) {
  static const int applications[] = {OPUS_APPLICATION_VOIP, OPUS_APPLICATION_AUDIO, OPUS_APPLICATION_RESTRICTED_LOWDELAY};
  if (!is_opus_supported())
    return ENCODER_ERROR_UNSUPPORTED;
  target_format = AV_SAMPLE_FMT_FLT;
  target_rate = is_opus_rate(settings.sample_rate) ? settings.sample_rate : 48000;
  frame_size = (int)((int64_t)target_rate * settings.opus_frame_duration / MICROSECONDS);
  int error, streams, coupled;
  uint8_t mapping[OPUS_MAX_CHANNELS];
  opus = opus_multistream_surround_encoder_create(target_rate, settings.channels, settings.channels > 2, &streams,
                                                  &coupled, mapping, applications[settings.opus_application], &error);
  if (!opus)
    return error == OPUS_ALLOC_FAIL ? ENCODER_ERROR_MEMORY : ENCODER_ERROR_UNSUPPORTED;
  control_opus();
  write_opus_head(streams, coupled, mapping);
  size_t input_size = (size_t)frame_size * settings.channels * sizeof(float);
  opus_input = malloc(input_size);
  opus_ordered = malloc(input_size);
  opus_output_size = OPUS_MAX_PACKET * streams;
  opus_output = malloc(opus_output_size);
  return opus_input && opus_ordered && opus_output ? 0 : ENCODER_ERROR_MEMORY;
}

static const float *in_vorbis_order(void) {
  int channels = settings.channels;
  if (channels < 3)
    return opus_input;
  for (int i = 0; i < frame_size; i++)
    for (int channel = 0; channel < channels; channel++)
      opus_ordered[i * channels + vorbis_order[channels - 1][channel]] = opus_input[i * channels + channel];
  return opus_ordered;
}

// Other libraries -------------------------------------------------------------------------------

static int open_library(const AudioLibrary *wanted) {
  library = wanted;
  target_format = AV_SAMPLE_FMT_FLTP;
  target_rate = settings.sample_rate;
  frame_size = 0;
  return library->start(settings.sample_rate, settings.channels, settings.bitrate, settings.constant_bitrate);
}

// Opening ---------------------------------------------------------------------------------------

static int is_in(int value, int least, int greatest) {
  return value >= least && value <= greatest;
}

static int is_supported(const EncoderParameters *parameters) {
  // NaN fails the comparison of the bitrate too.
  return is_in(parameters->sample_rate, 1, 768000) && is_in(parameters->channels, 1, MAX_CHANNELS) &&
         parameters->bitrate >= 0 && parameters->bitrate <= 1e9 && is_in(parameters->opus_signal, 0, SIGNAL_VOICE) &&
         is_in(parameters->opus_application, 0, APPLICATION_LOWDELAY) && is_in(parameters->opus_complexity, 0, 10) &&
         is_in(parameters->opus_packet_loss, 0, 100) && is_in(parameters->flac_block_size, 0, 65535) &&
         is_in(parameters->flac_compress_level, 0, 12);
}

static int make_fifo(void) {
  av_audio_fifo_free(fifo);
  fifo = av_audio_fifo_alloc(target_format, settings.channels, frame_size > 0 ? 2 * frame_size : 4096);
  return fifo ? 0 : ENCODER_ERROR_MEMORY;
}

static int open_codec(void) {
  switch (settings.codec) {
  case AUDIO_CODEC_OPUS: return open_opus();
  case AUDIO_CODEC_MP3: return open_library(&mp3_library);
  case AUDIO_CODEC_VORBIS: return open_library(&vorbis_library);
  default: return open_avcodec();
  }
}

int encoder_open(const EncoderParameters *parameters) {
  encoder_close();
  if (!is_supported(parameters))
    return ENCODER_ERROR_UNSUPPORTED;
  settings = *parameters;
  int error = open_codec();
  if (!error)
    error = make_fifo();
  if (error)
    encoder_close();
  else
    is_open = 1;
  return error;
}

// Input -----------------------------------------------------------------------------------------

static enum AVSampleFormat av_format(int format) {
  static const enum AVSampleFormat formats[] = {
      AV_SAMPLE_FMT_U8,  AV_SAMPLE_FMT_S16,  AV_SAMPLE_FMT_S32,  AV_SAMPLE_FMT_FLT,
      AV_SAMPLE_FMT_U8P, AV_SAMPLE_FMT_S16P, AV_SAMPLE_FMT_S32P, AV_SAMPLE_FMT_FLTP,
  };
  return formats[format];
}

static int reserve_converted(int frames) {
  if (converted_capacity >= frames)
    return 0;
  if (converted)
    av_freep(&converted[0]);
  av_freep(&converted);
  converted_capacity = 0;
  if (av_samples_alloc_array_and_samples(&converted, NULL, settings.channels, frames, target_format, 0) < 0)
    return ENCODER_ERROR_MEMORY;
  converted_capacity = frames;
  return 0;
}

// Without input, what the resampler holds back comes out.
static int convert(const uint8_t *const *planes, int frames) {
  int most = swr_get_out_samples(resampler, frames);
  if (most < 0)
    return ENCODER_ERROR_DATA;
  if (reserve_converted(most + 1))
    return ENCODER_ERROR_MEMORY;
  int made = swr_convert(resampler, converted, converted_capacity, planes, frames);
  if (made < 0)
    return memory_or(made, ENCODER_ERROR_DATA);
  return av_audio_fifo_write(fifo, (void **)converted, made) < made ? ENCODER_ERROR_MEMORY : 0;
}

static int finish_resampling(void) {
  if (!resampler)
    return 0;
  int error = target_rate != settings.sample_rate ? convert(NULL, 0) : 0;
  swr_free(&resampler);
  return error;
}

static int start_resampling(int format) {
  AVChannelLayout layout = {0};
  choose_layout(&layout);
  int error = swr_alloc_set_opts2(&resampler, &layout, target_format, target_rate, &layout, av_format(format),
                                  settings.sample_rate, 0, NULL);
  av_channel_layout_uninit(&layout);
  if (!error)
    error = swr_init(resampler);
  source_format = format;
  if (error < 0) {
    swr_free(&resampler);
    return memory_or(error, ENCODER_ERROR_DATA);
  }
  return 0;
}

// FLAC is lossless only with as many bits as the input has: 16 bits stand in the description until the
// first samples tell better. Samples of 32 bits become 24, which is what floating point holds.
static int choose_flac_depth(int format) {
  enum AVSampleFormat packed = av_get_packed_sample_fmt(av_format(format));
  enum AVSampleFormat wanted =
      packed == AV_SAMPLE_FMT_S32 || packed == AV_SAMPLE_FMT_FLT ? AV_SAMPLE_FMT_S32 : AV_SAMPLE_FMT_S16;
  if (settings.codec != AUDIO_CODEC_FLAC || wanted == target_format)
    return 0;
  target_format = wanted;
  if (converted)
    av_freep(&converted[0]);
  av_freep(&converted);
  converted_capacity = 0;
  swr_free(&resampler);
  int error = start_avcodec();
  return error ? error : make_fifo();
}

// The first samples after opening or draining.
static int begin(const SourceSamples *samples) {
  // The description must stay true: only the very first samples choose the depth.
  int error = count == 0 && !has_base ? choose_flac_depth(samples->format) : 0;
  if (!error && context && is_flushed)
    error = start_avcodec();
  if (!error && opus)
    opus_multistream_encoder_ctl(opus, OPUS_RESET_STATE);
  if (error)
    return error;
  has_base = 1;
  base = samples->timestamp;
  count = 0;
  draining = 0;
  is_flushed = 0;
  return 0;
}

int encoder_encode(const SourceSamples *samples) {
  if (!is_open || !is_in(samples->format, 0, SAMPLE_FORMAT_F32_PLANAR) || !is_in(samples->frames, 1, MAX_FRAMES))
    return ENCODER_ERROR_DATA;
  int error = has_base && !draining ? 0 : begin(samples);
  if (!error && resampler && source_format != samples->format)
    error = finish_resampling();
  if (!error && !resampler)
    error = start_resampling(samples->format);
  if (error)
    return error;
  enum AVSampleFormat format = av_format(samples->format);
  size_t plane_size = (size_t)samples->frames * av_get_bytes_per_sample(format);
  const uint8_t *planes[MAX_CHANNELS];
  for (int channel = 0; channel < settings.channels; channel++)
    planes[channel] = samples->data + (av_sample_fmt_is_planar(format) ? channel * plane_size : 0);
  return convert(planes, samples->frames);
}

// Output ----------------------------------------------------------------------------------------

static double time_of(int64_t samples) {
  return floor(base + (double)samples * MICROSECONDS / target_rate + 0.5);
}

static void emit(EncodedPacket *out, const uint8_t *data, int size, int64_t samples) {
  double timestamp = time_of(count);
  count += samples;
  *out = (EncodedPacket){.timestamp = timestamp, .duration = time_of(count) - timestamp, .data = data, .size = size};
}

static int receive_opus(EncodedPacket *out) {
  int available = av_audio_fifo_size(fifo);
  if (available < frame_size && !(draining && available > 0))
    return 0;
  void *target[] = {opus_input};
  int read = av_audio_fifo_read(fifo, target, frame_size);
  if (read < 0)
    return ENCODER_ERROR_DATA;
  memset(opus_input + (size_t)read * settings.channels, 0,
         (size_t)(frame_size - read) * settings.channels * sizeof(float));
  int size = opus_multistream_encode_float(opus, in_vorbis_order(), frame_size, opus_output, opus_output_size);
  if (size < 0)
    return ENCODER_ERROR_DATA;
  emit(out, opus_output, size, frame_size);
  return 1;
}

// Returns 1 when a frame has been sent, 0 when there is none yet.
static int send_frame(void) {
  int available = av_audio_fifo_size(fifo);
  if (available == 0 || (available < frame_size && !draining))
    return 0;
  av_frame_unref(frame);
  frame->nb_samples = frame_size > 0 && available > frame_size ? frame_size : available;
  frame->format = target_format;
  frame->sample_rate = target_rate;
  int error = av_channel_layout_copy(&frame->ch_layout, &context->ch_layout);
  if (error >= 0)
    error = av_frame_get_buffer(frame, 0);
  if (error >= 0)
    error = av_audio_fifo_read(fifo, (void **)frame->extended_data, frame->nb_samples);
  if (error >= 0)
    error = avcodec_send_frame(context, frame);
  return error < 0 ? memory_or(error, ENCODER_ERROR_DATA) : 1;
}

static int64_t packet_samples(void) {
  // The last packet of AAC claims only what was not padding; its decoder gives whole frames.
  if (settings.codec == AUDIO_CODEC_AAC || packet->duration <= 0)
    return frame_size;
  return packet->duration;
}

static int receive_avcodec(EncodedPacket *out) {
  for (;;) {
    av_packet_unref(packet);
    int error = avcodec_receive_packet(context, packet);
    if (error >= 0) {
      // FLAC ends with an empty packet that carries the final STREAMINFO.
      if (packet->size == 0)
        continue;
      emit(out, packet->data, packet->size, packet_samples());
      return 1;
    }
    if (error == AVERROR_EOF)
      return 0;
    if (error != AVERROR(EAGAIN))
      return memory_or(error, ENCODER_ERROR_DATA);
    int sent = send_frame();
    if (sent < 0)
      return sent;
    if (sent == 0 && (!draining || is_flushed))
      return 0;
    if (sent == 0) {
      is_flushed = 1;
      avcodec_send_frame(context, NULL);
    }
  }
}

static int feed_library(int frames) {
  if (reserve_converted(frames))
    return ENCODER_ERROR_MEMORY;
  int read = av_audio_fifo_read(fifo, (void **)converted, frames);
  return read < 0 ? ENCODER_ERROR_DATA : library->feed((const float *const *)converted, read);
}

static int receive_library(EncodedPacket *out) {
  LibraryPacket made;
  int got;
  while ((got = library->next(&made)) == 0) {
    int available = av_audio_fifo_size(fifo);
    if (available == 0 && (!draining || is_flushed))
      return 0;
    is_flushed = available == 0;
    int error = available > 0 ? feed_library(available) : library->finish();
    if (error)
      return error;
  }
  if (got > 0)
    emit(out, made.data, made.size, made.samples);
  return got;
}

int encoder_receive(EncodedPacket *out) {
  if (!is_open || !has_base)
    return 0;
  return library ? receive_library(out) : opus ? receive_opus(out) : receive_avcodec(out);
}

// Opus gives out `opus_lookahead` samples late: as much silence pushes the last ones out.
static int push_silence(void) {
  if (reserve_converted(opus_lookahead))
    return ENCODER_ERROR_MEMORY;
  av_samples_set_silence(converted, 0, opus_lookahead, settings.channels, target_format);
  return av_audio_fifo_write(fifo, (void **)converted, opus_lookahead) < opus_lookahead ? ENCODER_ERROR_MEMORY : 0;
}

int encoder_drain(void) {
  if (!is_open || !has_base || draining)
    return 0;
  int error = finish_resampling();
  if (!error && opus)
    error = push_silence();
  draining = 1;
  return error;
}

const uint8_t *encoder_description(void) {
  int size;
  if (library)
    return library->description(&size);
  return context ? context->extradata : description;
}

int encoder_description_size(void) {
  int size = 0;
  if (library)
    library->description(&size);
  if (library)
    return size;
  return context ? context->extradata_size : description_size;
}

void encoder_close(void) {
  if (library)
    library->stop();
  library = NULL;
  avcodec_free_context(&context);
  av_packet_free(&packet);
  av_frame_free(&frame);
  if (opus)
    opus_multistream_encoder_destroy(opus);
  opus = NULL;
  free(opus_input);
  free(opus_ordered);
  free(opus_output);
  opus_input = opus_ordered = NULL;
  opus_output = NULL;
  swr_free(&resampler);
  av_audio_fifo_free(fifo);
  fifo = NULL;
  if (converted)
    av_freep(&converted[0]);
  av_freep(&converted);
  converted_capacity = 0;
  description_size = 0;
  is_open = has_base = draining = 0;
  count = 0;
}
