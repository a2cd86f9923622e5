package org.rackweave.sim.lab;

/** Something that the lab set out to do, or to see, did not come to be. The message says what was seen instead. */
public final class LabFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public LabFailure(String message) {
        super(message);
    }

    public LabFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** What failed says enough by itself. */
    public static LabFailure because(Exception failed) {
        return new LabFailure(String.valueOf(failed.getMessage()), failed);
    }
}
