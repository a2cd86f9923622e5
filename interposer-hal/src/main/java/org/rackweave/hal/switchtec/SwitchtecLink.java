package org.rackweave.hal.switchtec;

import java.time.Duration;

/** A way to a switch's firmware. Driven by one thread; each call ends within the link's time-out. */
public interface SwitchtecLink extends AutoCloseable {
    /** By which an operator knows the switch: {@code 192.0.2.7:0}, {@code /dev/switchtec0}. */
    String device();

    /**
     * Sends one command and waits for its answer.
     *
     * @param command word and data
     * @param answerBytes how many the answer has, after its return code
     */
    Exchange mrpc(byte[] command, int answerBytes);

    /**
     * Waits until what was lost can no longer come, so that the switch's state may be read and believed.
     *
     * @return whether commands may be sent again
     */
    Drained drain(Duration timeout);

    /** Whether a link may be used. */
    enum Drained {
        /** Nothing is under way. */
        IDLE,
        /** The switch still owes an answer: quarantine what the command was about. */
        STILL_BUSY,
        /** The link cannot tell: open a new one, and read the binds until none is under way. */
        OPEN_ANEW
    }

    @Override
    void close();
}
