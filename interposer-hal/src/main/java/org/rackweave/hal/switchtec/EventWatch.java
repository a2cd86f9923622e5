package org.rackweave.hal.switchtec;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.wire.GasRead;
import org.rackweave.hal.switchtec.wire.GasWrite;
import org.rackweave.hal.switchtec.wire.SwitchEvent;

/**
 * What occurs on a switch, told over Ethernet. It has the switch tell of the events that are watched, and clears them as it takes them; so
 * somebody else who waits for the same events may miss some. A storm costs no more than one reading of the summaries at a time, as the
 * switch counts and does not queue.
 */
public final class EventWatch implements AutoCloseable {
    /** What an operator wants to know of as it occurs. */
    public static final Set<SwitchEvent> USUAL = EnumSet.of(
            SwitchEvent.STACK_ERROR,
            SwitchEvent.SYSTEM_RESET,
            SwitchEvent.FIRMWARE_FATAL,
            SwitchEvent.FABRIC_MANAGER,
            SwitchEvent.PARTITION_RESET,
            SwitchEvent.BIND_DONE,
            SwitchEvent.CONTAINMENT,
            SwitchEvent.HOT_PLUG,
            SwitchEvent.LINK_STATE);

    private final EthernetLink link;
    private final EventNotices notices;
    private final Set<SwitchEvent> watched;
    private final int functions;

    /**
     * Something that occurred.
     *
     * @param of whose it is: {@code switch}, {@code partition 1}, {@code partition 1 logical port 2}
     * @param times since it was taken last, 1 to 255; 255 means as many or more
     */
    public record Seen(SwitchEvent event, String of, int times) {}

    private record Subject(SwitchEvent event, int index) {}

    private EventWatch(EthernetLink link, EventNotices notices, Set<SwitchEvent> watched) throws HalException {
        this.link = link;
        this.notices = notices;
        this.watched = EnumSet.copyOf(watched);
        this.functions = functions();
    }

    /**
     * Connects twice, and has the switch tell. What occurred before is cleared and not told.
     *
     * @param timeout of each answer
     */
    public static EventWatch open(InetSocketAddress address, int instance, Duration timeout, Set<SwitchEvent> watched)
            throws HalException {
        EthernetLink link = EthernetLink.open(address, instance, timeout);
        try {
            EventNotices notices = EventNotices.open(address, instance, timeout);
            try {
                EventWatch watch = new EventWatch(link, notices, watched);
                for (Subject subject : watch.subjects()) {
                    watch.writeHeader(subject, SwitchEvent.clearedAndNoticed(watch.readHeader(subject)));
                }
                return watch;
            } catch (HalException failed) {
                notices.close();
                throw failed;
            }
        } catch (HalException failed) {
            link.close();
            throw failed;
        }
    }

    /** Waits until the switch tells of something, or the time is over; then takes all that occurred, also without a notice. */
    public List<Seen> await(Duration most) throws HalException {
        notices.await(most);
        List<Seen> seen = new ArrayList<>();
        Map<Integer, String> places = new HashMap<>();
        for (SwitchEvent.Scope scope : SwitchEvent.Scope.values()) {
            for (int index = 0; index < count(scope); index++) {
                int summary = word(SwitchEvent.summaryOffset(scope, index));
                for (SwitchEvent event : watched) {
                    if (event.scope() == scope && event.isIn(summary)) {
                        take(new Subject(event, index), places, seen);
                    }
                }
            }
        }
        return seen;
    }

    private void take(Subject subject, Map<Integer, String> places, List<Seen> seen) throws HalException {
        int header = readHeader(subject);
        int times = SwitchEvent.times(header);
        if (times > 0) {
            writeHeader(subject, SwitchEvent.clearedAndNoticed(header));
            if (places.isEmpty() && subject.event().scope() == SwitchEvent.Scope.FUNCTION) {
                readPlaces(places);
            }
            seen.add(new Seen(subject.event(), name(subject, places), times));
        }
    }

    private static String name(Subject subject, Map<Integer, String> places) {
        return switch (subject.event().scope()) {
            case GLOBAL -> "switch";
            case PARTITION -> "partition " + subject.index();
            case FUNCTION -> places.getOrDefault(subject.index(), "function " + subject.index() + " of no partition");
        };
    }

    private void readPlaces(Map<Integer, String> places) throws HalException {
        for (int partition = 0; partition < count(SwitchEvent.Scope.PARTITION); partition++) {
            ByteBuffer words =
                    read(SwitchEvent.functionsOffset(partition), SwitchEvent.FUNCTIONS_OF_PARTITION * Integer.BYTES);
            places.put(words.getInt(), "partition " + partition + " upstream port");
            places.put(words.getInt(), "partition " + partition + " management port");
            for (int port = 1; words.hasRemaining(); port++) {
                places.put(words.getInt(), "partition " + partition + " logical port " + port);
            }
        }
        places.remove(SwitchEvent.NO_FUNCTION);
    }

    private List<Subject> subjects() {
        List<Subject> all = new ArrayList<>();
        for (SwitchEvent event : watched) {
            for (int index = 0; index < count(event.scope()); index++) {
                all.add(new Subject(event, index));
            }
        }
        return all;
    }

    private int count(SwitchEvent.Scope scope) {
        return switch (scope) {
            case GLOBAL -> 1;
            case PARTITION -> link.identity().partitionCount();
            case FUNCTION -> functions;
        };
    }

    /** Those up to the first that is not there. */
    private int functions() throws HalException {
        int most = Byte.toUnsignedInt(link.read(SwitchEvent.functionCount())[0]);
        int count = 0;
        while (count < Math.min(most, SwitchEvent.MAX_FUNCTIONS)
                && Short.toUnsignedInt(read(SwitchEvent.vendorOffset(count), Short.BYTES)
                                .getShort())
                        == SwitchEvent.VENDOR) {
            count++;
        }
        return count;
    }

    private int readHeader(Subject subject) throws HalException {
        return word(subject.event().headerOffset(subject.index()));
    }

    private void writeHeader(Subject subject, int word) throws HalException {
        link.write(new GasWrite(subject.event().headerOffset(subject.index()), word));
    }

    private int word(int offset) throws HalException {
        return read(offset, Integer.BYTES).getInt();
    }

    private ByteBuffer read(int offset, int bytes) throws HalException {
        return ByteBuffer.wrap(link.read(new GasRead(offset, bytes))).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The switch is to tell no more; one that does not answer tells who is not there, which harms nobody. */
    @Override
    public void close() {
        try {
            for (Subject subject : subjects()) {
                writeHeader(subject, SwitchEvent.noLongerNoticed(readHeader(subject)));
            }
        } catch (HalException gone) {
            // Its notices end with the connection.
        } finally {
            notices.close();
            link.close();
        }
    }
}
