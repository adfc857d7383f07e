package vn.vanggia.app

import android.app.Activity
import android.view.SurfaceHolder
import vn.vanggia.app.device.Camera
import vn.vanggia.testing.SoftKeyStore
import vn.vanggia.testing.cameraPicture

/** The app with what a phone's hardware gives played by the test: the key in the secure chip, and the camera. */
class TestApp : VanggiaApp() {
    val keys = SoftKeyStore()

    override fun keyStore() = keys
    override fun camera(activity: Activity): Camera = StillCamera
}

/** Sees one house, again and again. */
private object StillCamera : Camera {
    private val picture by lazy { cameraPicture() }

    override fun previewSize() = 640 to 480
    override fun open(preview: SurfaceHolder, ready: () -> Unit, failed: () -> Unit) = ready()
    override fun take(done: (ByteArray) -> Unit) = done(picture)
    override fun close() = Unit
}
