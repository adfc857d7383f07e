package vn.vanggia.app.screens

import android.content.Context
import android.content.res.Configuration
import android.graphics.Color
import android.view.Gravity
import android.view.SurfaceHolder
import android.view.SurfaceView
import android.view.View
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.ImageButton
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.app.device.Camera

/** One picture, handed over in memory. */
class CameraScreen(host: MainActivity, private val done: (ByteArray) -> Unit) : Screen(host) {
    override val title get() = text(R.string.photo_take)

    private var camera: Camera? = null
    private val problem = TextView(host, null, 0, R.style.BarTitle).apply {
        gravity = Gravity.CENTER
        isSingleLine = false
        setPadding(host.dp(24), 0, host.dp(24), 0)
    }
    private val shutter = ImageButton(host).apply {
        setBackgroundResource(R.drawable.shutter)
        setImageResource(R.drawable.ic_camera)
        contentDescription = text(R.string.photo_shutter)
        isEnabled = false
        setOnClickListener { take() }
    }
    private val preview = Preview(host)

    override fun create(): View = FrameLayout(host).apply {
        setBackgroundColor(Color.BLACK)
        addView(preview, FrameLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT, Gravity.CENTER))
        addView(problem, FrameLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT, Gravity.CENTER))
        addView(
            shutter,
            FrameLayout.LayoutParams(context.dp(76), context.dp(76), Gravity.BOTTOM or Gravity.CENTER_HORIZONTAL).apply {
                bottomMargin = context.dp(28)
            },
        )
    }

    override fun shown() {
        release()
        val camera = host.app.camera(host).also { camera = it }
        val size = camera.previewSize() ?: return failed()
        preview.show(size) { holder -> camera.open(holder, { shutter.isEnabled = true }, ::failed) }
    }

    override fun hidden() = release()
    override fun closed() = release()

    private fun release() {
        shutter.isEnabled = false
        camera?.close()
        camera = null
    }

    private fun failed() = problem.setText(R.string.camera_failed)

    private fun take() {
        shutter.isEnabled = false
        camera?.take { bytes ->
            if (host.top !== this) return@take
            host.pop()
            done(bytes)
        }
    }

    /** Keeps the proportions of what the camera sees. */
    private class Preview(context: Context) : SurfaceView(context), SurfaceHolder.Callback {
        private var size = 4 to 3
        private var ready: ((SurfaceHolder) -> Unit)? = null

        init {
            // A surface is a window of its own, outside the flag of the app's window.
            setSecure(true)
            holder.addCallback(this)
        }

        fun show(size: Pair<Int, Int>, ready: (SurfaceHolder) -> Unit) {
            this.size = size
            this.ready = ready
            holder.setFixedSize(size.first, size.second)
            requestLayout()
            if (holder.surface?.isValid == true) start()
        }

        private fun start() {
            ready?.invoke(holder)
            ready = null
        }

        // The size that was asked for, not the one before it.
        override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) {
            if (width == size.first && height == size.second) start()
        }

        override fun surfaceCreated(holder: SurfaceHolder) = Unit
        override fun surfaceDestroyed(holder: SurfaceHolder) = Unit

        override fun onMeasure(widthSpec: Int, heightSpec: Int) {
            val width = MeasureSpec.getSize(widthSpec)
            val height = MeasureSpec.getSize(heightSpec)
            val upright = resources.configuration.orientation == Configuration.ORIENTATION_PORTRAIT
            val (across, down) = if (upright) size.second to size.first else size
            if (width.toLong() * down < height.toLong() * across) setMeasuredDimension(width, width * down / across)
            else setMeasuredDimension(height * across / down, height)
        }
    }
}
