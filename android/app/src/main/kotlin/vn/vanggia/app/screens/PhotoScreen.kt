package vn.vanggia.app.screens

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Color
import android.view.View
import android.widget.ImageView
import vn.vanggia.app.*

/** One photo as large as the screen. */
class PhotoScreen(host: MainActivity, private val photo: String, private val caption: String) : Screen(host) {
    override val title get() = caption

    private val picture = ImageView(host).apply {
        scaleType = ImageView.ScaleType.FIT_CENTER
        setBackgroundColor(Color.BLACK)
        contentDescription = caption
    }

    override fun create(): View = picture

    override fun shown() = ask({ decode(it.records().photo(photo)) }) { picture.setImageBitmap(it) }
}

/** Called on the core's queue, as it takes a moment. */
internal fun decode(jpeg: ByteArray): Bitmap? = BitmapFactory.decodeByteArray(jpeg, 0, jpeg.size)
