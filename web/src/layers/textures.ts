// Fill textures of restrictions: 禁 45° hatch, 授 dots. Drawn at twice the size so that they stay sharp.

const RATIO = 2;

export function hatch(colour: string, alpha: number): ImageData {
  return draw(9, (c, n) => {
    c.strokeStyle = colour;
    c.globalAlpha = alpha;
    c.lineWidth = 1.1;
    for (const shift of [-n, 0, n]) {
      c.beginPath();
      c.moveTo(shift - 1, n + 1);
      c.lineTo(shift + n + 1, -1);
      c.stroke();
    }
  });
}

export function dots(colour: string, alpha: number): ImageData {
  return draw(9, (c, n) => {
    c.fillStyle = colour;
    c.globalAlpha = alpha;
    c.beginPath();
    c.arc(n / 2, n / 2, 0.9, 0, 2 * Math.PI);
    c.fill();
  });
}

function draw(size: number, paint: (c: CanvasRenderingContext2D, size: number) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * RATIO;
  const c = canvas.getContext("2d")!;
  c.scale(RATIO, RATIO);
  paint(c, size);
  return c.getImageData(0, 0, canvas.width, canvas.height);
}

export const TEXTURE_RATIO = RATIO;
