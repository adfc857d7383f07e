//! JPEG in and out through libjpeg-turbo. Decoding at a reduced DCT scale, and to YCbCr as it lies in the file, saves
//! most of the time and memory: no pixel of the full size and no RGB is ever made of a usual photo.

pub mod header;

use crate::{
    MAX_SIDE, PhotoError,
    picture::{Picture, Plane, fit, halved, narrow},
};
use header::Header;
use image::metadata::Orientation;
use turbojpeg::{
    Colorspace, Compressor, Decompressor, Image, OutputBuf, OwnedBuf, PixelFormat, ScalingFactor, Subsamp,
    YuvImage, YuvPlanesImage, yuv_pixels_len,
};

/// Encoders write about ten scans; a file with thousands of them is made to keep a processor busy.
const MAX_SCANS: u32 = 100;

pub fn decode(bytes: &[u8]) -> Result<(Picture, Orientation), PhotoError> {
    let header = header::read(bytes)?;
    let mut decompressor = Decompressor::new().map_err(|_| PhotoError::Encoding)?;
    decompressor.set_scan_limit(MAX_SCANS).map_err(|_| PhotoError::Encoding)?;
    let turbo = decompressor.read_header(bytes).map_err(|_| PhotoError::Damaged)?;
    if (turbo.width, turbo.height) != (header.width as usize, header.height as usize) {
        return Err(PhotoError::Damaged);
    }
    let scale = scale(header.width.max(header.height));
    decompressor.set_scaling_factor(scale).map_err(|_| PhotoError::Encoding)?;
    let size = (scale.scale(turbo.width) as u32, scale.scale(turbo.height) as u32);
    let picture = match (turbo.colorspace, turbo.subsamp) {
        (Colorspace::Gray, _) => Picture::Gray(pixels(&mut decompressor, bytes, size, PixelFormat::GRAY)?),
        (Colorspace::YCbCr, subsamp)
            if !matches!(subsamp, Subsamp::Unknown | Subsamp::Gray) && size.0.min(size.1) > 1 =>
        {
            yuv(&mut decompressor, bytes, size, subsamp)?
        }
        (Colorspace::YCbCr | Colorspace::RGB, _) => {
            Picture::Rgb(pixels(&mut decompressor, bytes, size, PixelFormat::RGB)?)
        }
        (Colorspace::CMYK | Colorspace::YCCK, _) => {
            Picture::Rgb(cmyk(&mut decompressor, bytes, size, &header)?)
        }
    };
    Ok((picture, header.orientation))
}

/// The scale that gives nearly [`MAX_SIDE`] by itself, or else the smallest one that leaves something to resize.
/// Halves, because libjpeg-turbo has vector code for them only.
fn scale(longest: u32) -> ScalingFactor {
    let mut larger = 1;
    for denominator in [1, 2, 4, 8] {
        let scaled = longest.div_ceil(denominator);
        if scaled <= MAX_SIDE {
            let near = denominator == 1 || scaled >= MAX_SIDE / 10 * 9;
            return ScalingFactor::new(1, if near { denominator } else { larger } as usize);
        }
        larger = denominator;
    }
    ScalingFactor::ONE_EIGHTH
}

fn pixels<const N: usize>(
    decompressor: &mut Decompressor,
    bytes: &[u8],
    (width, height): (u32, u32),
    format: PixelFormat,
) -> Result<Plane<N>, PhotoError> {
    let pitch = width as usize * N;
    let mut image = Image {
        pixels: vec![0; pitch * height as usize],
        width: width as usize,
        pitch,
        height: height as usize,
        format,
    };
    whole(decompressor.decompress(bytes, image.as_deref_mut()))?;
    Ok(Plane { width, height, data: image.pixels })
}

fn cmyk(
    decompressor: &mut Decompressor,
    bytes: &[u8],
    size: (u32, u32),
    header: &Header,
) -> Result<Plane<3>, PhotoError> {
    let Plane::<4> { width, height, mut data } = pixels(decompressor, bytes, size, PixelFormat::CMYK)?;
    let paper = |ink: u8| u32::from(if header.adobe { ink } else { 255 - ink });
    narrow(&mut data, 4, |p| [0, 1, 2].map(|ink| (paper(p[ink]) * paper(p[3]) / 255) as u8));
    Ok(Plane { width, height, data })
}

/// Decodes to the planes as they lie in the file, then brings them to 4:2:0 of the wanted size.
fn yuv(
    decompressor: &mut Decompressor,
    bytes: &[u8],
    size: (u32, u32),
    subsamp: Subsamp,
) -> Result<Picture, PhotoError> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let len = yuv_pixels_len(width, 1, height, subsamp).map_err(|_| PhotoError::Damaged)?;
    let mut image = YuvImage { pixels: vec![0; len], width, align: 1, height, subsamp };
    whole(decompressor.decompress_to_yuv(bytes, image.as_deref_mut()))?;

    let (luma_rows, chroma_rows) = (image.y_size(), image.uv_size());
    let (y, chroma) = image.pixels.split_at(luma_rows.0 * luma_rows.1);
    let (u, v) = chroma.split_at(chroma_rows.0 * chroma_rows.1);
    let rows = |(width, height): (usize, usize)| (width as u32, height as u32);

    // What fits is not resized, but loses the last row or column of an odd side.
    let (luma, chroma) = halved(fit(size, MAX_SIDE));
    let seen = if fit(size, MAX_SIDE) == size { luma } else { size };
    let region = (f64::from(seen.0), f64::from(seen.1));
    let chroma_region = (region.0 / subsamp.width() as f64, region.1 / subsamp.height() as f64);
    Ok(Picture::Yuv([
        Plane::sampled(y, rows(luma_rows), region, luma)?,
        Plane::sampled(u, rows(chroma_rows), chroma_region, chroma)?,
        Plane::sampled(v, rows(chroma_rows), chroma_region, chroma)?,
    ]))
}

/// The `turbojpeg` crate gives libjpeg's warnings as errors, which is right for all but two: after these the
/// picture is whole. The header was read without a warning before, so they come from decoding.
fn whole(result: turbojpeg::Result<()>) -> Result<(), PhotoError> {
    match result {
        Ok(()) => Ok(()),
        Err(turbojpeg::Error::TurboJpegError(message)) => {
            // Some phones write a scan header that is meant for progressive files, or padding before a marker.
            let harmless = message.contains("Invalid SOS parameters for sequential JPEG")
                || message.contains("extraneous bytes before marker");
            match harmless {
                true => Ok(()),
                false if message.contains("Premature end of JPEG file") => Err(PhotoError::Cut),
                false => Err(PhotoError::Damaged),
            }
        }
        Err(_) => Err(PhotoError::Damaged),
    }
}

/// A JPEG of nothing but the picture: libjpeg-turbo adds the JFIF header with a density of 1:1 and no more.
pub fn encode(picture: &Picture, quality: i32) -> Result<OwnedBuf, PhotoError> {
    compress(picture, quality).map_err(|_| PhotoError::Encoding)
}

fn compress(picture: &Picture, quality: i32) -> turbojpeg::Result<OwnedBuf> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(quality)?;
    // A few milliseconds more for some percent fewer bytes: uploads are what workers wait for.
    compressor.set_optimize(true)?;
    let mut out = OutputBuf::new_owned();
    match picture {
        Picture::Gray(plane) => {
            compressor.set_subsamp(Subsamp::Gray)?;
            compressor.compress(view(plane, PixelFormat::GRAY), &mut out)?;
        }
        Picture::Rgb(plane) => {
            compressor.set_subsamp(Subsamp::Sub2x2)?;
            compressor.compress(view(plane, PixelFormat::RGB), &mut out)?;
        }
        Picture::Yuv([y, u, v]) => {
            let image = YuvPlanesImage {
                y_plane: y.data.as_slice(),
                u_plane: &u.data,
                v_plane: &v.data,
                width: y.width as usize,
                height: y.height as usize,
                y_stride: y.width as usize,
                u_stride: u.width as usize,
                v_stride: v.width as usize,
                subsamp: Subsamp::Sub2x2,
            };
            compressor.compress_yuv_planes(&image, &mut out)?;
        }
    }
    Ok(out.into_owned())
}

fn view<const N: usize>(plane: &Plane<N>, format: PixelFormat) -> Image<&[u8]> {
    let (width, height) = (plane.width as usize, plane.height as usize);
    Image { pixels: &plane.data, width, pitch: width * N, height, format }
}
