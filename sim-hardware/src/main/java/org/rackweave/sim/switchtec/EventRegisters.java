package org.rackweave.sim.switchtec;

import java.nio.ByteBuffer;
import java.util.List;
import org.rackweave.hal.switchtec.wire.GasWrite;
import org.rackweave.hal.switchtec.wire.SwitchEvent;
import org.rackweave.hal.switchtec.wire.SwitchEvent.Scope;

/**
 * Events in the address space of a simulated switch: headers and summaries. It counts to 255 and no further, and tells once until somebody
 * has cleared it, however often it occurs. Not safe for several threads.
 */
final class EventRegisters {
    private final ByteBuffer space;
    private final int partitions;
    private int functions;

    /** Whether somebody waits to be told. */
    enum News {
        TO_TELL,
        NONE
    }

    /** Whether what was to be written is a register that can be. */
    enum Written {
        DONE,
        REFUSED
    }

    /** @param space the whole of it, little-endian */
    EventRegisters(ByteBuffer space, int partitions) {
        this.space = space;
        this.partitions = partitions;
    }

    /** Which function is at which port of which partition now. A port that no partition has is in none, and tells nothing. */
    void show(SwitchtecModel model) {
        List<Integer> ports = model.functions();
        functions = ports.size();
        space.put(SwitchEvent.functionCount().offset(), (byte) functions);
        for (int function = 0; function < SwitchEvent.MAX_FUNCTIONS; function++) {
            space.putShort(
                    SwitchEvent.vendorOffset(function), (short) (function < functions ? SwitchEvent.VENDOR : 0xFFFF));
        }
        for (int partition = 0; partition < partitions; partition++) {
            int first = SwitchEvent.functionsOffset(partition);
            for (int place = 0; place < SwitchEvent.FUNCTIONS_OF_PARTITION; place++) {
                space.putInt(first + place * Integer.BYTES, SwitchEvent.NO_FUNCTION);
            }
            model.portsOf(partition).forEach((logicalPort, port) -> {
                // The management function is between the upstream port and the logical ones.
                int place = logicalPort == 0 ? 0 : logicalPort + 1;
                if (place < SwitchEvent.FUNCTIONS_OF_PARTITION) {
                    space.putInt(first + place * Integer.BYTES, ports.indexOf(port));
                }
            });
        }
    }

    News occur(SwitchEvent event, int index, long times) {
        if (event.scope() == Scope.FUNCTION && !isInPartition(index)) {
            return News.NONE;
        }
        int header = event.headerOffset(index);
        int before = space.getInt(header);
        space.putInt(header, SwitchEvent.occurred(before, times));
        int summary = SwitchEvent.summaryOffset(event.scope(), index);
        space.putInt(summary, space.getInt(summary) | event.mask());
        return SwitchEvent.times(before) == 0 && SwitchEvent.isNoticed(before) ? News.TO_TELL : News.NONE;
    }

    private boolean isInPartition(int function) {
        for (int partition = 0; partition < partitions; partition++) {
            int first = SwitchEvent.functionsOffset(partition);
            for (int place = 0; place < SwitchEvent.FUNCTIONS_OF_PARTITION; place++) {
                if (space.getInt(first + place * Integer.BYTES) == function) {
                    return true;
                }
            }
        }
        return false;
    }

    Written write(GasWrite write) {
        for (SwitchEvent event : SwitchEvent.values()) {
            for (int index = 0; index < count(event.scope()); index++) {
                if (event.headerOffset(index) == write.offset()) {
                    int now = SwitchEvent.afterWrite(space.getInt(write.offset()), write.word());
                    space.putInt(write.offset(), now);
                    if (SwitchEvent.times(now) == 0) {
                        int summary = SwitchEvent.summaryOffset(event.scope(), index);
                        space.putInt(summary, space.getInt(summary) & ~event.mask());
                    }
                    return Written.DONE;
                }
            }
        }
        return Written.REFUSED;
    }

    private int count(Scope scope) {
        return switch (scope) {
            case GLOBAL -> 1;
            case PARTITION -> partitions;
            case FUNCTION -> functions;
        };
    }
}
