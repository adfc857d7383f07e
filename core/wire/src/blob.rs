//! The authenticated chunk format of photos.
