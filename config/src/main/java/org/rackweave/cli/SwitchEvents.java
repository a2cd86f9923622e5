package org.rackweave.cli;

import java.util.List;

/** What a switch tells of, as it occurs. */
interface SwitchEvents extends AutoCloseable {
    /**
     * Something that occurred.
     *
     * @param what in the family's word, such as {@code link-state}
     * @param of whose it is, such as {@code partition 1 logical port 2}
     * @param times since it was told last
     */
    record Told(String what, String of, int times) {}

    /**
     * Waits until something occurs, or the time is over.
     *
     * @return all that occurred since the last time
     * @throws CommandFailed when the switch cannot be asked any more; open it anew
     */
    List<Told> await(long mostMillis) throws CommandFailed;

    @Override
    void close();
}
