package vn.vanggia.javarosa;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.reference.RootTranslator;

/** The files of one folder behind jr://file, jr://file-csv and jr://instance. */
final class Media {
    private Media() {}

    static void serve(Path folder) {
        ReferenceManager manager = ReferenceManager.instance();
        manager.reset();
        manager.addReferenceFactory(new PrefixedRootFactory(new String[] {"file/"}) {
            @Override
            protected Reference factory(String terminal, String uri) {
                return new FileReference(folder.resolve(terminal).toFile(), uri);
            }
        });
        manager.addSessionRootTranslator(new RootTranslator("jr://file-csv/", "jr://file/"));
        manager.addSessionRootTranslator(new RootTranslator("jr://instance/", "jr://file/"));
    }

    private record FileReference(File file, String uri) implements Reference {
        @Override
        public boolean doesBinaryExist() {
            return file.isFile();
        }

        @Override
        public InputStream getStream() throws IOException {
            return new FileInputStream(file);
        }

        @Override
        public String getURI() {
            return uri;
        }

        @Override
        public String getLocalURI() {
            return file.getPath();
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            throw new IOException("read only");
        }

        @Override
        public void remove() throws IOException {
            throw new IOException("read only");
        }

        @Override
        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }
}
