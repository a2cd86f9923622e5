package org.rackweave.hal.sysfs;

import java.util.Locale;
import java.util.Optional;

/** Where an FPGA manager is, by the kernel's words ({@code enum fpga_mgr_states}). */
public enum FpgaState {
    UNKNOWN(Stage.RESTING),
    POWER_OFF(Stage.RESTING),
    POWER_UP(Stage.RESTING),
    RESET(Stage.RESTING),
    FIRMWARE_REQUEST(Stage.UNDER_WAY),
    /** The image was not found: what was loaded is loaded still. */
    FIRMWARE_REQUEST_ERROR(Stage.FAILED_BEFORE),
    PARSE_HEADER(Stage.UNDER_WAY),
    /** The image is not for this device: what was loaded is loaded still. */
    PARSE_HEADER_ERROR(Stage.FAILED_BEFORE),
    WRITE_INIT(Stage.UNDER_WAY),
    WRITE_INIT_ERROR(Stage.FAILED_WITHIN),
    WRITE(Stage.UNDER_WAY),
    WRITE_ERROR(Stage.FAILED_WITHIN),
    WRITE_COMPLETE(Stage.UNDER_WAY),
    WRITE_COMPLETE_ERROR(Stage.FAILED_WITHIN),
    OPERATING(Stage.LOADED);

    private final Stage stage;

    FpgaState(Stage stage) {
        this.stage = stage;
    }

    /** What a state means for a load. */
    public enum Stage {
        /** None was ordered yet. */
        RESTING,
        UNDER_WAY,
        LOADED,
        /** It failed before the device was touched. */
        FAILED_BEFORE,
        /** It failed when the device was being written: what is in it now nobody knows. */
        FAILED_WITHIN
    }

    public Stage stage() {
        return stage;
    }

    /** The state that the kernel names {@code write complete error}; empty for a word that is not known. */
    static Optional<FpgaState> of(String text) {
        for (FpgaState state : values()) {
            if (state.text().equals(text)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /** In the kernel's words. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
