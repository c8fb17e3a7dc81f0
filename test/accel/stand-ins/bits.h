// Bits of H.264's NAL units, and the syntax elements that these make: ITU-T H.264, 7.2 and 9.1.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint8_t *data;
  size_t size;
  size_t capacity;
  bool is_out_of_memory;
} ByteBuffer;

void bytes_append(ByteBuffer *buffer, const void *data, size_t size);
void bytes_free(ByteBuffer *buffer);

typedef struct {
  ByteBuffer bytes;
  int free_bits; // of the last byte
} BitWriter;

void put_bits(BitWriter *to, int count, unsigned value);
void put_unsigned(BitWriter *to, unsigned value); // ue(v)
void put_signed(BitWriter *to, int value);        // se(v)

typedef struct {
  const uint8_t *data;
  size_t size;
  size_t at; // in bits; beyond the end are ones
} BitReader;

unsigned get_bits(BitReader *from, int count);
unsigned get_unsigned(BitReader *from);
int get_signed(BitReader *from);

// Adds emulation prevention and a start code; takes them out again.
void append_unit(ByteBuffer *stream, const ByteBuffer *payload);
void append_payload(ByteBuffer *payload, const uint8_t *unit, size_t size);

// The next NAL unit of an Annex B stream at or after *at, without its start code; false: there is none.
bool next_unit(const uint8_t *stream, size_t size, size_t *at, const uint8_t **unit, size_t *unit_size);
