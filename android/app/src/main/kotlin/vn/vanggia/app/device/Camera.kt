package vn.vanggia.app.device

import android.view.SurfaceHolder

/** Takes a picture into memory. Nothing is written to the phone's storage, shared or not. */
interface Camera {
    /** Shows what it sees on [preview], which has the size of [previewSize] by then. */
    fun open(preview: SurfaceHolder, ready: () -> Unit, failed: () -> Unit)

    /** Width and height of the preview, as the sensor lies; `null` if the phone has no camera. */
    fun previewSize(): Pair<Int, Int>?

    /** JPEG bytes. */
    fun take(done: (ByteArray) -> Unit)

    fun close()
}
