package org.rackweave.hal.switchtec;

import java.time.Duration;
import org.rackweave.hal.HalException;

/**
 * What the kernel's driver offers of one switch, call by call. A write starts a command, a read takes its answer; in between the driver
 * refuses both (EBADE).
 */
public interface MrpcFile extends AutoCloseable {
    /** Its path: {@code /dev/switchtec0}. */
    String path();

    /**
     * Starts a command.
     *
     * @throws HalException.Refused when the driver took none of it
     * @throws HalException.OutcomeUnknown when it took a part of it, or failed in a way that does not say
     */
    void write(byte[] command) throws HalException;

    /**
     * Waits for the answer.
     *
     * @throws HalException.OutcomeUnknown when waiting fails, also because the switch went away
     */
    Ready await(Duration timeout) throws HalException;

    /** What waiting came to. */
    enum Ready {
        YES,
        NOT_YET
    }

    /**
     * Takes the answer.
     *
     * @param bytes return code and data, exactly
     * @throws HalException.OutcomeUnknown when there are not that many, or reading fails
     */
    byte[] read(int bytes) throws HalException;

    /**
     * Asks the driver itself, which changes nothing on the switch.
     *
     * @param argument its structure; the same bytes as the driver left them come back
     * @throws HalException.Refused when it says no
     */
    byte[] ask(SwitchtecIoctl request, byte[] argument) throws HalException;

    @Override
    void close();
}
