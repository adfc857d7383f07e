package vn.vanggia.app.device

import android.annotation.SuppressLint
import android.app.Activity
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureFailure
import android.hardware.camera2.CaptureRequest
import android.media.ImageReader
import android.os.Handler
import android.os.Looper
import android.util.Size
import android.view.Surface
import android.view.SurfaceHolder

/** The phone's back camera through the framework's Camera2. All on the main thread. */
class Camera2(private val activity: Activity) : Camera {
    private val manager = activity.getSystemService(CameraManager::class.java)
    private val main = Handler(Looper.getMainLooper())
    private var device: CameraDevice? = null
    private var session: CameraCaptureSession? = null
    private var reader: ImageReader? = null
    private var failed: () -> Unit = {}
    private var closed = false

    private val id: String? by lazy(LazyThreadSafetyMode.NONE) {
        try {
            val all = manager?.cameraIdList.orEmpty()
            all.firstOrNull { facts(it)?.get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK }
                ?: all.firstOrNull()
        } catch (_: CameraAccessException) {
            null
        }
    }

    private fun facts(id: String): CameraCharacteristics? = manager?.getCameraCharacteristics(id)

    private fun sizes(kind: (android.hardware.camera2.params.StreamConfigurationMap) -> Array<Size>?): List<Size> =
        id?.let { facts(it)?.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP) }
            ?.let { kind(it) }.orEmpty().toList()

    /** The largest up to 12 MP: more only costs memory, as the core keeps 2,048 px. */
    private fun pictureSize(): Size? {
        val sizes = sizes { it.getOutputSizes(ImageFormat.JPEG) }
        return sizes.filter { area(it) <= MOST_PIXELS }.maxByOrNull(::area) ?: sizes.minByOrNull(::area)
    }

    override fun previewSize(): Pair<Int, Int>? {
        val picture = pictureSize() ?: return null
        val fitting = sizes { it.getOutputSizes(SurfaceHolder::class.java) }.filter { it.width <= 1440 && it.height <= 1080 }
        val same = fitting.filter { it.width.toLong() * picture.height == it.height.toLong() * picture.width }
        val best = (same.ifEmpty { fitting }).maxByOrNull(::area) ?: return null
        return best.width to best.height
    }

    @SuppressLint("MissingPermission") // Asked for by whoever calls this.
    override fun open(preview: SurfaceHolder, ready: () -> Unit, failed: () -> Unit) {
        this.failed = failed
        val id = id
        val size = pictureSize()
        if (id == null || size == null) return failed()
        val reader = ImageReader.newInstance(size.width, size.height, ImageFormat.JPEG, 1).also { this.reader = it }
        guarded {
            manager?.openCamera(id, object : CameraDevice.StateCallback() {
                override fun onOpened(camera: CameraDevice) {
                    if (closed) return camera.close()
                    device = camera
                    guarded { start(camera, preview.surface, reader.surface, ready) }
                }

                override fun onDisconnected(camera: CameraDevice) = camera.close()
                override fun onError(camera: CameraDevice, error: Int) {
                    camera.close()
                    fail()
                }
            }, main)
        }
    }

    @Suppress("DEPRECATION") // The newer call needs Android 9.
    private fun start(camera: CameraDevice, preview: Surface, picture: Surface, ready: () -> Unit) {
        camera.createCaptureSession(listOf(preview, picture), object : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) {
                if (closed) return
                this@Camera2.session = session
                guarded {
                    val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply { addTarget(preview) }
                    session.setRepeatingRequest(focused(request).build(), null, main)
                    ready()
                }
            }

            override fun onConfigureFailed(session: CameraCaptureSession) = fail()
        }, main)
    }

    override fun take(done: (ByteArray) -> Unit) {
        val camera = device ?: return fail()
        val session = session ?: return fail()
        val reader = reader ?: return fail()
        reader.setOnImageAvailableListener({ from ->
            val bytes = from.acquireNextImage()?.use { image ->
                val buffer = image.planes[0].buffer
                ByteArray(buffer.remaining()).also { buffer.get(it) }
            }
            if (!closed && bytes != null) done(bytes)
        }, main)
        guarded {
            val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_STILL_CAPTURE).apply {
                addTarget(reader.surface)
                set(CaptureRequest.JPEG_ORIENTATION, orientation())
                set(CaptureRequest.JPEG_QUALITY, 92)
            }
            session.capture(focused(request).build(), object : CameraCaptureSession.CaptureCallback() {
                override fun onCaptureFailed(s: CameraCaptureSession, r: CaptureRequest, failure: CaptureFailure) = fail()
            }, main)
        }
    }

    private fun focused(request: CaptureRequest.Builder): CaptureRequest.Builder {
        val modes = id?.let { facts(it)?.get(CameraCharacteristics.CONTROL_AF_AVAILABLE_MODES) } ?: IntArray(0)
        val continuous = CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE
        if (continuous in modes) request.set(CaptureRequest.CONTROL_AF_MODE, continuous)
        request.set(CaptureRequest.CONTROL_AE_MODE, CaptureRequest.CONTROL_AE_MODE_ON_AUTO_FLASH)
        return request
    }

    /** How far the picture has to turn to stand upright: the sensor's own turn less the display's. */
    @Suppress("DEPRECATION")
    private fun orientation(): Int {
        val sensor = id?.let { facts(it)?.get(CameraCharacteristics.SENSOR_ORIENTATION) } ?: 90
        val front = id?.let { facts(it)?.get(CameraCharacteristics.LENS_FACING) } == CameraCharacteristics.LENS_FACING_FRONT
        val display = when (activity.windowManager.defaultDisplay.rotation) {
            Surface.ROTATION_90 -> 90
            Surface.ROTATION_180 -> 180
            Surface.ROTATION_270 -> 270
            else -> 0
        }
        return (sensor + (if (front) display else -display) + 360) % 360
    }

    private fun guarded(work: () -> Unit) = try {
        work()
    } catch (_: CameraAccessException) {
        fail()
    } catch (_: IllegalStateException) {
        fail() // Closed or taken by another app meanwhile.
    } catch (_: IllegalArgumentException) {
        fail() // The preview's surface has gone.
    }

    private fun fail() {
        if (!closed) failed()
    }

    override fun close() {
        closed = true
        session?.close()
        device?.close()
        reader?.close()
    }

    private fun area(size: Size) = size.width.toLong() * size.height

    private companion object {
        const val MOST_PIXELS = 12_600_000L
    }
}
