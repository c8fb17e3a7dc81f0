// "Device memory" of the CUDA stand-ins is plain memory, whose addresses carry a mark: a program that reads or writes it
// directly, as it must not with a GPU, crashes here, too.
#pragma once
#include <ffnvcodec/dynlink_cuda.h>
#include <stdint.h>
#include <stdlib.h>

#define DEVICE_MARK (1ull << 62) // no processor takes such an address

static inline CUdeviceptr device_address(const void *memory) { return (CUdeviceptr)(uintptr_t)memory | DEVICE_MARK; }

static inline void *device_memory(CUdeviceptr address) { return (void *)(uintptr_t)(address & ~DEVICE_MARK); }

// Those that dynlink_cuda.h leaves out.
enum {
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_MAP_FAILED = 205,
  CUDA_ERROR_NOT_SUPPORTED = 801,
};

#define EXPORT __attribute__((visibility("default")))
// A function that is there to be found; the caller's arguments do no harm in C's convention.
#define UNSUPPORTED(name)                                                                                              \
  EXPORT CUresult name(void);                                                                                          \
  EXPORT CUresult name(void) { return (CUresult)CUDA_ERROR_NOT_SUPPORTED; }
