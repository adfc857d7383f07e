package androidx.test.espresso;

import java.util.Collection;
import java.util.Collections;

public final class IdlingRegistry {
    private static final IdlingRegistry ONE = new IdlingRegistry();

    public static IdlingRegistry getInstance() {
        return ONE;
    }

    public Collection<android.os.Looper> getLoopers() {
        return Collections.emptyList();
    }

    public Collection<IdlingResource> getResources() {
        return Collections.emptyList();
    }
}
