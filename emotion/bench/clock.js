// A camera that shows the clock, and the reader that finds it in the page's video.
// The clock's low 16 bits stand as blocks in the top 48 pixels, between a white block on the
// left and a black one on the right (a mirrored picture has them the other way round).
(() => {
  const BITS = 16, BLOCKS = BITS + 2, WIDTH = 640, HEIGHT = 480, TOP = 48;
  const bench = (window.bench = { sent: [], seen: [] });
  let face;

  function paint(context) {
    const now = performance.now();
    const code = Math.floor(now) % 2 ** BITS;
    context.fillStyle = "#46505a";
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const shift = 60 * Math.sin(now / 700);
    context.drawImage(face, 170 + shift, 130, 300, 300);
    for (let block = 0; block < BLOCKS; block++) {
      const bright = block === 0 || (block <= BITS && (code >> (block - 1)) & 1);
      context.fillStyle = bright ? "#ffffff" : "#000000";
      context.fillRect(Math.round((block * WIDTH) / BLOCKS), 0, Math.ceil(WIDTH / BLOCKS), TOP);
    }
    bench.sent.push([now, code]);
  }

  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const context = canvas.getContext("2d", { alpha: false });
    face = new Image();
    face.src = PORTRAIT;
    paint(context); // the face appears when it is decoded
    setInterval(() => paint(context), 1000 / 30);
    return canvas.captureStream(30);
  };

  function read(context, video) {
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const row = context.getImageData(0, TOP / 2, WIDTH, 1).data;
    let bright = [];
    for (let block = 0; block < BLOCKS; block++) {
      bright.push(row[4 * Math.floor(((block + 0.5) * WIDTH) / BLOCKS)] > 128);
    }
    if (!bright[0]) bright = bright.reverse();
    if (!bright[0] || bright[BLOCKS - 1]) return null; // no clock in this picture
    return bright.slice(1, -1).reduce((code, bit, place) => code + (bit ? 2 ** place : 0), 0);
  }

  bench.watch = (video) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    const look = (now) => {
      const code = read(context, video);
      if (code !== null) bench.seen.push([now, code]);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  };
})();
