import { testVideo } from './video-suite.ts';

testVideo('the best packs of this machine');
