package org.rackweave.hal.nvme;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How time passes while a drive wipes itself. */
public interface NvmePace {
    /** On a clock that only goes on. */
    long nanoTime();

    /** Lets so much time pass, or less. */
    void pause(Duration time);

    /** That of this process. */
    static NvmePace ofThisProcess() {
        return new NvmePace() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void pause(Duration time) {
                LockSupport.parkNanos(time.toNanos());
            }
        };
    }
}
