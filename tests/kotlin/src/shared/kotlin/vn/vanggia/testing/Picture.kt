package vn.vanggia.testing

import java.awt.Color
import java.awt.GradientPaint
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.util.Random
import javax.imageio.ImageIO

/** A picture such as a camera makes, JPEG, 4,000 × 3,000: a house under a sky, with the grain of a sensor. */
fun cameraPicture(width: Int = 4000, height: Int = 3000): ByteArray {
    val image = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
    val draw = image.createGraphics()
    draw.paint = GradientPaint(0f, 0f, Color(0x7FB2E5), 0f, height * 0.6f, Color(0xEAF3FA))
    draw.fillRect(0, 0, width, height)
    draw.color = Color(0x5E7F3A)
    draw.fillRect(0, height * 6 / 10, width, height)
    draw.color = Color(0xB98A5A)
    draw.fillRect(width * 3 / 10, height * 4 / 10, width * 4 / 10, height * 3 / 10)
    draw.color = Color(0x7A3B2A)
    draw.fillPolygon(intArrayOf(width / 4, width / 2, width * 3 / 4), intArrayOf(height * 4 / 10, height * 2 / 10, height * 4 / 10), 3)
    draw.color = Color(0x4A3423)
    draw.fillRect(width * 45 / 100, height / 2, width / 10, height / 5)
    draw.dispose()
    val random = Random(7)
    val row = IntArray(width)
    for (y in 0 until height) {
        image.getRGB(0, y, width, 1, row, 0, width)
        for (x in row.indices) {
            val grain = random.nextInt() and 7
            row[x] = row[x] + (grain shl 16) + (grain shl 8) + grain and 0xFFFFFF
        }
        image.setRGB(0, y, width, 1, row, 0, width)
    }
    return ByteArrayOutputStream().also { ImageIO.write(image, "jpeg", it) }.toByteArray()
}
