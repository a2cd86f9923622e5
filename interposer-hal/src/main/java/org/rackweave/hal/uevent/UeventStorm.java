package org.rackweave.hal.uevent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps of any number of events what has to be looked at: each device once, and of no more than {@link #MOST_DEVICES}. */
public final class UeventStorm {
    /** A machine that is plugged together has a few hundred at once; of more, to look at everything is less work. */
    public static final int MOST_DEVICES = 1_024;

    private final Map<String, Changes.Change> byDevice = new LinkedHashMap<>();
    private Changes.Completeness completeness = Changes.Completeness.COMPLETE;
    private long events;

    public void take(Uevent event) {
        events++;
        Changes.Change before = byDevice.get(event.device());
        if (before == null && byDevice.size() >= MOST_DEVICES) {
            completeness = Changes.Completeness.READ_ALL_AGAIN;
            return;
        }
        long count = before == null ? 1 : before.events() + 1;
        byDevice.put(event.device(), new Changes.Change(event.device(), event.subsystem(), event.action(), count));
    }

    /** Something happened, and nobody knows what. */
    public void lost() {
        completeness = Changes.Completeness.READ_ALL_AGAIN;
    }

    /** Gives what was kept, and starts with nothing. */
    public Changes drain() {
        Changes changes = new Changes(new ArrayList<>(byDevice.values()), events, completeness);
        byDevice.clear();
        events = 0;
        completeness = Changes.Completeness.COMPLETE;
        return changes;
    }
}
