//! A decoded picture: fitting it into a square and turning it upright.

use crate::PhotoError;
use fast_image_resize::{
    PixelType, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::metadata::Orientation;

/// Samples row by row without gaps, `N` bytes a pixel.
pub struct Plane<const N: usize> {
    pub width: u32,
    pub height: u32,
    pub data: Vec<u8>,
}

pub enum Picture {
    Gray(Plane<1>),
    Rgb(Plane<3>),
    /// Y, Cb, Cr as JPEG has them, chroma halved in both directions; the sides of Y are even.
    Yuv([Plane<1>; 3]),
}

impl Picture {
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Gray(plane) | Self::Yuv([plane, ..]) => (plane.width, plane.height),
            Self::Rgb(plane) => (plane.width, plane.height),
        }
    }

    /// At most `side` wide and high; `None` if it is that already.
    pub fn fitted(&self, side: u32) -> Result<Option<Self>, PhotoError> {
        let target = fit(self.size(), side);
        if target == self.size() {
            return Ok(None);
        }
        Ok(Some(match self {
            Self::Gray(plane) => Self::Gray(plane.resized(target)?),
            Self::Rgb(plane) => Self::Rgb(plane.resized(target)?),
            Self::Yuv([y, u, v]) => {
                let (luma, chroma) = halved(target);
                Self::Yuv([y.resized(luma)?, u.resized(chroma)?, v.resized(chroma)?])
            }
        }))
    }

    pub fn upright(self, orientation: Orientation) -> Self {
        match self {
            Self::Gray(plane) => Self::Gray(plane.upright(orientation)),
            Self::Rgb(plane) => Self::Rgb(plane.upright(orientation)),
            Self::Yuv(planes) => Self::Yuv(planes.map(|plane| plane.upright(orientation))),
        }
    }
}

impl<const N: usize> Plane<N> {
    const PIXEL: PixelType = if N == 1 { PixelType::U8 } else { PixelType::U8x3 };

    fn resized(&self, target: (u32, u32)) -> Result<Self, PhotoError> {
        let whole = (f64::from(self.width), f64::from(self.height));
        Self::sampled(&self.data, (self.width, self.height), whole, target)
    }

    /// The upper left `region` of samples that lie `rows.0` to a row, made `target` large.
    pub fn sampled(
        samples: &[u8],
        rows: (u32, u32),
        region: (f64, f64),
        target: (u32, u32),
    ) -> Result<Self, PhotoError> {
        let (width, height) = target;
        if region == (f64::from(width), f64::from(height)) {
            let (stride, row) = (rows.0 as usize * N, width as usize * N);
            let mut data = Vec::with_capacity(row * height as usize);
            samples
                .chunks(stride)
                .take(height as usize)
                .for_each(|line| data.extend_from_slice(&line[..row]));
            return Ok(Self { width, height, data });
        }
        let source = ImageRef::new(rows.0, rows.1, samples, Self::PIXEL).map_err(|_| PhotoError::Encoding)?;
        let mut image = Image::new(width, height, Self::PIXEL);
        let options = ResizeOptions::new().crop(0.0, 0.0, region.0, region.1);
        Resizer::new().resize(&source, &mut image, &options).map_err(|_| PhotoError::Encoding)?;
        Ok(Self { width, height, data: image.into_vec() })
    }

    /// Each of the eight EXIF orientations is at most a transposition, then a mirroring in each direction.
    fn upright(self, orientation: Orientation) -> Self {
        use Orientation::{
            FlipHorizontal, FlipVertical, NoTransforms, Rotate90, Rotate90FlipH, Rotate180, Rotate270,
            Rotate270FlipH,
        };
        let (transpose, mirror, flip) = match orientation {
            NoTransforms => (false, false, false),
            FlipHorizontal => (false, true, false),
            Rotate180 => (false, true, true),
            FlipVertical => (false, false, true),
            Rotate90FlipH => (true, false, false),
            Rotate90 => (true, true, false),
            Rotate270FlipH => (true, true, true),
            Rotate270 => (true, false, true),
        };
        let mut plane = if transpose { self.transposed() } else { self };
        let width = plane.width as usize;
        let (pixels, _) = plane.data.as_chunks_mut::<N>();
        if mirror && flip {
            pixels.reverse();
        } else if mirror {
            pixels.chunks_exact_mut(width).for_each(<[_]>::reverse);
        } else if flip {
            let (upper, lower) = pixels.split_at_mut(pixels.len() / width / 2 * width);
            let lower = lower.chunks_exact_mut(width).rev();
            upper.chunks_exact_mut(width).zip(lower).for_each(|(a, b)| a.swap_with_slice(b));
        }
        plane
    }

    fn transposed(self) -> Self {
        /// Squares of this side keep reading and writing within the processor's cache.
        const TILE: usize = 32;
        let (width, height) = (self.width as usize, self.height as usize);
        let mut data = vec![0; self.data.len()];
        let (from, _) = self.data.as_chunks::<N>();
        let (to, _) = data.as_chunks_mut::<N>();
        for top in (0..height).step_by(TILE) {
            for left in (0..width).step_by(TILE) {
                for x in left..width.min(left + TILE) {
                    for y in top..height.min(top + TILE) {
                        to[x * height + y] = from[y * width + x];
                    }
                }
            }
        }
        Self { width: self.height, height: self.width, data }
    }
}

/// `size` made small enough for a square of `side`, its proportions kept.
pub fn fit(size: (u32, u32), side: u32) -> (u32, u32) {
    let longest = size.0.max(size.1);
    if longest <= side {
        return size;
    }
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        rounded.max(1) as u32
    };
    (scaled(size.0), scaled(size.1))
}

/// The even size below `size` for luma, and its half for chroma.
pub fn halved((width, height): (u32, u32)) -> ((u32, u32), (u32, u32)) {
    let chroma = ((width / 2).max(1), (height / 2).max(1));
    ((chroma.0 * 2, chroma.1 * 2), chroma)
}

/// Makes each pixel of `from` bytes one of `N` bytes, in place.
pub fn narrow<const N: usize>(data: &mut Vec<u8>, from: usize, narrower: impl Fn(&[u8]) -> [u8; N]) {
    let pixels = data.len() / from;
    for index in 0..pixels {
        let pixel = narrower(&data[index * from..][..from]);
        data[index * N..][..N].copy_from_slice(&pixel);
    }
    data.truncate(pixels * N);
}
