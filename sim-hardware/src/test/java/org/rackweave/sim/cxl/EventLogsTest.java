package org.rackweave.sim.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.cxl.ClearEventRecords;
import org.rackweave.hal.cxl.ClearEventRecords.Which;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.EventLog;
import org.rackweave.hal.cxl.EventRecord;
import org.rackweave.hal.cxl.FabricEvent;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.GetEventRecords;
import org.rackweave.hal.cxl.HealthInfo;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.ReturnCode;

class EventLogsTest {
    private static final FabricEvent EVENT = new FabricEvent.MemoryEvent(1, HealthInfo.Response.GOOD);

    private final EventLogs logs = new EventLogs();

    @Test
    void records_are_cleared_oldest_first_and_none_is_left_out() {
        happens(3);
        List<Integer> handles = handles(read(63));
        assertThat(handles).containsExactly(1, 2, 3);

        assertThat(clear(List.of(2))).isEqualTo(Handled.as(ReturnCode.INVALID_HANDLE));
        assertThat(clear(List.of(1, 3))).isEqualTo(Handled.as(ReturnCode.INVALID_HANDLE));
        assertThat(clear(List.of(0))).isEqualTo(Handled.as(ReturnCode.INVALID_HANDLE));
        assertThat(clear(List.of(1, 2, 3, 4))).isEqualTo(Handled.as(ReturnCode.INVALID_HANDLE));
        assertThat(handles(read(63))).as("none of them was cleared").isEqualTo(handles);

        assertThat(clear(List.of(1, 2))).isEqualTo(Handled.with(new NoPayload()));
        assertThat(handles(read(63))).containsExactly(3);
    }

    @Test
    void a_full_log_keeps_the_oldest_and_counts_the_rest_until_something_is_cleared() {
        happens(EventLogs.MOST_RECORDS + 5);
        GetEventRecords.Response first = read(10);
        assertThat(first.more()).isEqualTo(GetEventRecords.More.YES);
        assertThat(handles(first)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(first.overflow()).map(GetEventRecords.Overflow::events).contains(5);

        clear(handles(first));
        assertThat(read(63).overflow()).isEmpty();
    }

    @Test
    void all_are_cleared_at_once_only_after_an_overflow() {
        happens(1);
        ClearEventRecords.Request all = new ClearEventRecords.Request(EventLog.WARNING, Which.ALL, List.of());
        assertThat(logs.clear(all, CxlSwitch.Honesty.HONEST)).isEqualTo(Handled.as(ReturnCode.INVALID_INPUT));
        happens(EventLogs.MOST_RECORDS);
        assertThat(logs.clear(all, CxlSwitch.Honesty.HONEST)).isEqualTo(Handled.with(new NoPayload()));
        assertThat(logs.size()).isZero();
    }

    @Test
    void a_handle_is_never_zero_and_never_there_twice() {
        for (int round = 0; round < 3_000; round++) {
            happens(EventLogs.MOST_RECORDS);
            List<Integer> handles = handles(read(63));
            assertThat(handles).doesNotHaveDuplicates().allMatch(handle -> handle > 0 && handle <= 0xFFFF);
            clear(handles);
        }
    }

    @Test
    void a_storm_of_events_is_counted_and_not_kept() throws IOException {
        CxlSwitch device = new CxlSwitch(SwitchText.parse("""
                        port 0 upstream
                        port 2 sld 1GiB
                        vcs 0 upstream 0 vppbs 1
                        storm 2 100000
                        """), Dialect.CXL3);
        GetEventRecords.Request request = new GetEventRecords.Request(EventLog.INFORMATIONAL);
        device.handle(request, CxlSwitch.Honesty.HONEST, 0);
        for (int second = 1; second <= 3_600; second++) {
            Handled handled = device.handle(request, CxlSwitch.Honesty.HONEST, second * 1000L);
            assertThat(device.recordsKept()).isEqualTo(EventLogs.MOST_RECORDS);
            Optional<GetEventRecords.Overflow> lost =
                    ((GetEventRecords.Response) handled.response().orElseThrow()).overflow();
            assertThat(lost).map(GetEventRecords.Overflow::events).contains(0xFFFF);
        }
    }

    private void happens(int times) {
        logs.add(EventLog.WARNING, EventRecord.Severity.WARNING, EVENT, times);
    }

    private GetEventRecords.Response read(int most) {
        Handled handled = logs.get(new GetEventRecords.Request(EventLog.WARNING), most, CxlSwitch.Honesty.HONEST);
        return (GetEventRecords.Response) handled.response().orElseThrow();
    }

    private Handled clear(List<Integer> handles) {
        return logs.clear(
                new ClearEventRecords.Request(EventLog.WARNING, Which.LISTED, handles), CxlSwitch.Honesty.HONEST);
    }

    private static List<Integer> handles(GetEventRecords.Response response) {
        return new ArrayList<>(
                response.records().stream().map(EventRecord::handle).toList());
    }
}
