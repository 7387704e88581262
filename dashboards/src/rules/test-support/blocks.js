/** Loaded before a program, it does what synchronous work does: of each second, the event loop stands still for 700 ms. */
const nothing = new Int32Array(new SharedArrayBuffer(4));
setInterval(() => Atomics.wait(nothing, 0, 0, 700), 1000).unref();
