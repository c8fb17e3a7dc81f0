/** The static build: what it checks of its result, and what stands in for libva. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { problemsOf, problemsOfLicence } from '../../src/accel-native/static/check-binary.mjs';
import { firstComment } from '../../src/accel-native/static/notices.mjs';

const dynamic = `
Dynamic section at offset 0x2f0 contains 24 entries:
  Tag                Type           Name/Value
  0x0000000000000001 (NEEDED)       Shared library: [libpthread.so.0]
  0x0000000000000001 (NEEDED)       Shared library: [libc.so.6]
  0x0000000000000001 (NEEDED)       Shared library: [ld-linux-x86-64.so.2]
  0x000000000000000e (SONAME)       Library soname: [everycodec-accel.node]
`;
const symbols = `
addon.node:	file format elf64-x86-64

DYNAMIC SYMBOL TABLE:
0000000000000000  w   D  *UND*	0000000000000000              _ITM_deregisterTMCloneTable
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.14) memcpy
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.28) thrd_create
0000000000000000      DF *UND*	0000000000000000              napi_create_function
0000000000012340 g    DF .text	000000000000002a              napi_register_module_v1
`;
const good = { dynamic, symbols, bytes: 'bytes', folders: ['/home/builder'] };
const symbol = (line: string) => ({ ...good, symbols: `${symbols}${line}\n` });

describe('the check of what is linked', () => {
  test('passes an addon that needs only glibc and Node', () => {
    assert.deepEqual(problemsOf(good), []);
  });

  const cases: [string, typeof good, string][] = [
    ['another library', { ...good, dynamic: dynamic.replace('libc.so.6', 'libva.so.2') }, 'needs libva.so.2'],
    ['libstdc++', { ...good, dynamic: dynamic.replace('libc.so.6', 'libstdc++.so.6') }, 'needs libstdc++.so.6'],
    [
      'a newer glibc',
      symbol('0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.29) pow'),
      'asks for pow of GLIBC_2.29',
    ],
    [
      'a newer glibc, of weak symbols, too',
      symbol('0000000000000000  w   DF *UND*	0000000000000000 (GLIBC_2.34) __libc_start_main'),
      'asks for __libc_start_main of GLIBC_2.34',
    ],
    [
      'the version of another library',
      symbol('0000000000000000      DF *UND*	0000000000000000 (GCC_3.0) _Unwind_Resume'),
      'asks for _Unwind_Resume of GCC_3.0',
    ],
    [
      'a symbol that nobody has',
      symbol('0000000000000000      DF *UND*	0000000000000000              av_frame_alloc'),
      'lacks av_frame_alloc',
    ],
    [
      'an exported symbol',
      symbol('0000000000045670 g    DF .text	0000000000000100              avcodec_open2'),
      'exports avcodec_open2',
    ],
    [
      'an exported symbol that has a version',
      symbol('0000000000045670 g    DF .text	0000000000000100  LIBAVCODEC_61 avcodec_open2'),
      'exports avcodec_open2',
    ],
    [
      'an exported object without a type',
      symbol('0000000000045670 u    D  .bss	0000000000000008              _ZNSt7__cxx117collateIcE2idE'),
      'exports _ZNSt7__cxx117collateIcE2idE',
    ],
    ['no entry', { ...good, symbols: symbols.replace(/.*napi_register_module_v1\n/, '') }, 'is no addon'],
    ['a path of the builder', { ...good, bytes: 'x/home/builder/y' }, 'names the folder /home/builder'],
  ];
  for (const [name, binary, problem] of cases) {
    test(`finds ${name}`, () => assert.deepEqual(problemsOf(binary), [problem]));
  }

  test('finds an FFmpeg that is not under the LGPL', () => {
    const licence = (text: string) => problemsOfLicence('libavcodec.a', `\0libavcodec license: ${text}\0`);
    assert.deepEqual(licence('LGPL version 2.1 or later'), []);
    assert.deepEqual(licence('GPL version 2 or later'), ['libavcodec.a is GPL version 2 or later']);
    assert.deepEqual(licence('nonfree and unredistributable'), ['libavcodec.a is nonfree and unredistributable']);
    assert.equal(problemsOfLicence('libavcodec.a', 'nothing').length, 1);
  });
});

test('licences are read from the comments of sources', () => {
  assert.equal(firstComment('/*\n * Copyright\n *\n * Permission\n */\nint x; /* no */'), 'Copyright\n\nPermission');
  assert.equal(firstComment(';****\n;* x86inc\n;*\n;* Permission\n;****\n\n%define'), 'x86inc\n\nPermission');
});

const hasLibva = existsSync('/usr/include/va/va.h') && spawnSync('cc', ['--version']).status === 0;

describe('libva, found at run time', { skip: !hasLibva && 'no compiler, or no headers of libva' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'everycodec-libva-'));
  const file = (name: string) => join(folder, name);
  const compile = (output: string, source: string, ...options: string[]) => {
    writeFileSync(file(`${output}.c`), source);
    mkdirSync(join(file(output), '..'), { recursive: true });
    execFileSync('cc', [file(`${output}.c`), '-o', file(output), '-include', file('va-now.h'), ...options]);
  };

  before(() => {
    // Of a libva newer than some systems'.
    writeFileSync(
      file('va-now.h'),
      '#include <stdio.h>\n#include <va/va.h>\n#include <va/va_drm.h>\n#include <va/va_str.h>\n' +
        'VAStatus vaMapBuffer2(VADisplay display, VABufferID buffer, void **data, uint32_t flags);\n',
    );
    for (const name of ['old', 'new', 'half', 'none']) mkdirSync(file(name));
    // In the way of the system's, and no library.
    writeFileSync(file('none/libva.so.2'), '');
    writeFileSync(file('half/libva-drm.so.2'), '');
    const old = `
      VAStatus vaInitialize(VADisplay display, int *major, int *minor) { *major = 1; *minor = display ? 20 : 0; return 0; }
      VAStatus vaPutImage(VADisplay a, VASurfaceID b, VAImageID c, int d, int e, unsigned f, unsigned g, int h, int i,
                          unsigned j, unsigned k) {
        printf("%d %u %u %d %d %u %u %d %d %u %u\\n", a != 0, b, c, d, e, f, g, h, i, j, k);
        return 7;
      }
      VAStatus vaMapBuffer(VADisplay display, VABufferID buffer, void **data) { return 4; }
      const char *vaErrorStr(VAStatus status) { return status == 7 ? "seven" : "other"; }`;
    const newer = `
      VAStatus vaMapBuffer2(VADisplay display, VABufferID buffer, void **data, uint32_t flags) { return flags; }
      VAStatus vaSyncBuffer(VADisplay display, VABufferID buffer, uint64_t timeout) { return 3; }`;
    const drm = 'VADisplay vaGetDisplayDRM(int file) { return file == 5 ? (VADisplay)1 : 0; }';
    for (const [name, source] of Object.entries({ old, new: old + newer, half: old })) {
      compile(`${name}/libva.so.2`, source, '-shared', '-fPIC');
      if (name !== 'half') compile(`${name}/libva-drm.so.2`, drm, '-shared', '-fPIC');
    }
    compile(
      'main',
      `int main(void) {
        int major = 0, minor = 0;
        VADisplay display = vaGetDisplayDRM(5);
        printf("display %d\\n", display != 0);
        printf("initialize %d", vaInitialize(display, &major, &minor));
        printf(" %d.%d\\n", major, minor);
        printf("put %d\\n", vaPutImage(display, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        printf("map %d\\n", vaMapBuffer2(display, 1, 0, 9));
        printf("sync %d\\n", vaSyncBuffer(display, 1, 0));
        printf("error %s\\n", vaErrorStr(7));
        printf("profiles %d\\n", vaMaxNumProfiles(display));
      }`,
      fileURLToPath(new URL('../../src/accel-native/static/libva.c', import.meta.url)),
      ...['-Wall', '-Werror', '-ldl', '-lpthread'],
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (libraries: string) => {
    const { status, stdout, stderr } = spawnSync(file('main'), {
      encoding: 'utf8',
      env: { LD_LIBRARY_PATH: file(libraries) },
    });
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout.trimEnd().split('\n');
  };
  const unimplemented = 0x14;

  const nothing = [
    'display 0',
    `initialize ${unimplemented} 0.0`,
    `put ${unimplemented}`,
    `map ${unimplemented}`,
    `sync ${unimplemented}`,
    'error no libva',
    'profiles 0',
  ];

  test('without one there is no display, and nothing is said', () => {
    assert.deepEqual(run('none'), nothing);
  });

  test('without its part for DRM it is not used', () => {
    assert.deepEqual(run('half'), nothing);
  });

  const calls = ['display 1', 'initialize 0 1.20', '1 1 2 3 4 5 6 7 8 9 10', 'put 7'];

  test('calls go to it', () => {
    assert.deepEqual(run('new'), [...calls, 'map 9', 'sync 3', 'error seven', 'profiles 0']);
  });

  test('what an old one lacks is unimplemented, or done by what it has', () => {
    assert.deepEqual(run('old'), [...calls, 'map 4', `sync ${unimplemented}`, 'error seven', 'profiles 0']);
  });
});
