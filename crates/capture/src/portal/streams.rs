//! The streams of shared monitors, on a thread of their own that PipeWire's loop runs on.
//!
//! A stream that starts gets a whole frame from the compositor, whether anything moves or not. So a look starts it, takes
//! that frame and pauses it again.

use crate::{
    frame::{Frame, PIXEL_BYTES},
    layout::Layout,
    screen::Unable,
};
use pipewire::{
    buffer::Buffer,
    channel as commands,
    context::ContextRc,
    core::CoreRc,
    main_loop::MainLoopRc,
    properties::properties,
    spa::{
        param::{
            ParamType,
            format::{FormatProperties, MediaSubtype, MediaType},
            video::{VideoFormat, VideoInfoRaw},
        },
        pod::{self, Pod, Value, serialize::PodSerializer},
        utils::{Direction, Fraction, Rectangle, SpaTypes},
    },
    stream::{Stream, StreamFlags, StreamListener, StreamRc, StreamState},
};
use std::{
    cell::RefCell,
    io::Cursor,
    os::fd::OwnedFd,
    rc::Rc,
    sync::mpsc::{Sender, channel},
    thread::JoinHandle,
};

/// The longest side of a frame.
const SIDE_MAX: u32 = 16_384;

/// Who waits for a frame.
type Asker = Sender<Result<Frame, Unable>>;

enum Command {
    Grab { node: u32, give: Asker },
    End,
}

/// Streams that are open, and pause.
pub(super) struct Streams {
    commands: commands::Sender<Command>,
    thread: Option<JoinHandle<()>>,
}

fn refused(error: impl std::fmt::Display) -> Unable {
    Unable::Refused(error.to_string())
}

impl Streams {
    /// Connects to these nodes over a connection that the portal gave.
    pub(super) fn open(remote: OwnedFd, nodes: Vec<u32>) -> Result<Self, Unable> {
        let (commands, receiver) = commands::channel();
        let (give, opened) = channel();
        let thread = std::thread::Builder::new().name("frames".to_owned());
        let thread = thread.spawn(move || {
            let began = give.clone();
            if let Err(error) = run(remote, &nodes, receiver, || drop(began.send(Ok(())))) {
                let _told = give.send(Err(refused(error)));
            }
        });
        let thread = Some(thread.map_err(refused)?);
        let streams = Self { commands, thread };
        opened.recv().unwrap_or_else(|_| Err(refused("PipeWire ended")))?;
        Ok(streams)
    }

    /// Has the next whole frame of a stream given to `give`. If the stream ends before, `give` is dropped.
    pub(super) fn ask(&self, node: u32, give: Asker) {
        // Without a loop the command is dropped, and `give` with it.
        let _sent = self.commands.send(Command::Grab { node, give });
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        let _sent = self.commands.send(Command::End);
        let _ended = self.thread.take().map(JoinHandle::join);
    }
}

/// What one stream is and who waits for it.
#[derive(Default)]
struct Tap {
    format: VideoInfoRaw,
    asker: Option<Asker>,
    ended: Option<String>,
}

struct Open {
    node: u32,
    tap: Rc<RefCell<Tap>>,
    // Before the stream that it listens to.
    _listener: StreamListener<()>,
    stream: StreamRc,
}

fn run(
    remote: OwnedFd,
    nodes: &[u32],
    receiver: commands::Receiver<Command>,
    began: impl FnOnce(),
) -> Result<(), pipewire::Error> {
    pipewire::init();
    let main_loop = MainLoopRc::new(None)?;
    let context = ContextRc::new(&main_loop, None)?;
    let core = context.connect_fd_rc(remote, None)?;
    let mut streams = Vec::new();
    for node in nodes {
        streams.push(open(&core, *node)?);
    }
    began();
    let ending = main_loop.clone();
    let _receiver = receiver.attach(main_loop.loop_(), move |command| match command {
        Command::Grab { node, give } => {
            if let Some(open) = streams.iter().find(|open| open.node == node) {
                open.ask(give);
            }
        }
        Command::End => ending.quit(),
    });
    main_loop.run();
    Ok(())
}

impl Open {
    fn ask(&self, give: Asker) {
        let mut tap = self.tap.borrow_mut();
        if let Some(why) = &tap.ended {
            let _given = give.send(Err(refused(why)));
            return;
        }
        tap.asker = Some(give);
        drop(tap);
        // What may still have come after the last look is old by now.
        drop(newest(&self.stream));
        if let Err(error) = self.stream.set_active(true) {
            self.tap.borrow_mut().answer(Err(refused(error)));
        }
    }
}

impl Tap {
    fn answer(&mut self, outcome: Result<Frame, Unable>) {
        if let Some(asker) = self.asker.take() {
            let _given = asker.send(outcome);
        }
    }
}

fn open(core: &CoreRc, node: u32) -> Result<Open, pipewire::Error> {
    let properties = properties! {
        *pipewire::keys::MEDIA_TYPE => "Video",
        *pipewire::keys::MEDIA_CATEGORY => "Capture",
        *pipewire::keys::MEDIA_ROLE => "Screen",
        *pipewire::keys::NODE_DONT_RECONNECT => "true",
    };
    let stream = StreamRc::new(core.clone(), "invigil-capture", properties)?;
    let tap = Rc::new(RefCell::new(Tap::default()));
    let [of_state, of_format, of_frame] = [tap.clone(), tap.clone(), tap.clone()];
    let listener = stream
        .add_local_listener::<()>()
        .state_changed(move |_, (), _, state| {
            let why = match state {
                StreamState::Error(why) => why,
                StreamState::Unconnected => "the screen is not shared any more".to_owned(),
                StreamState::Connecting | StreamState::Paused | StreamState::Streaming => return,
            };
            let mut tap = of_state.borrow_mut();
            tap.answer(Err(refused(&why)));
            tap.ended = Some(why);
        })
        .param_changed(move |_, (), id, parameter| {
            if id == ParamType::Format.as_raw()
                && let Some(parameter) = parameter
            {
                let mut format = VideoInfoRaw::default();
                let parsed = format.parse(parameter).is_ok();
                of_format.borrow_mut().format = if parsed { format } else { VideoInfoRaw::default() };
            }
        })
        .process(move |stream, ()| take(stream, &of_frame))
        .register()?;
    let offer = offer();
    let mut offers = [Pod::from_bytes(&offer).ok_or(pipewire::Error::CreationFailed)?];
    // A stream whose monitor is gone must end: PipeWire would give it another source, and that could be a camera.
    let lasting = StreamFlags::DONT_RECONNECT;
    let flags = StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS | StreamFlags::INACTIVE | lasting;
    stream.connect(Direction::Input, Some(node), flags, &mut offers)?;
    Ok(Open { node, tap, _listener: listener, stream })
}

/// A frame is there, or only news of the pointer.
fn take(stream: &Stream, tap: &RefCell<Tap>) {
    let Some(mut buffer) = newest(stream) else { return };
    let mut tap = tap.borrow_mut();
    if tap.asker.is_some()
        && let Some(outcome) = frame(&mut buffer, &tap.format)
    {
        tap.answer(outcome);
        drop(tap);
        drop(buffer);
        let _paused = stream.set_active(false);
    }
}

/// The last frame that came; the ones before it go back unseen.
fn newest(stream: &Stream) -> Option<Buffer<'_>> {
    let mut newest = stream.dequeue_buffer()?;
    while let Some(newer) = stream.dequeue_buffer() {
        newest = newer;
    }
    Some(newest)
}

/// The frame in a buffer. `None` where the buffer holds none.
fn frame(buffer: &mut Buffer<'_>, format: &VideoInfoRaw) -> Option<Result<Frame, Unable>> {
    let data = buffer.datas_mut().first_mut()?;
    let (offset, size, stride) = (data.chunk().offset(), data.chunk().size(), data.chunk().stride());
    if size == 0 {
        return None;
    }
    let Rectangle { width, height } = format.size();
    let Some(bytes) = data.data() else { return Some(Err(refused("the frame is not in memory"))) };
    let layout = match layout(format.format()) {
        Ok(layout) => layout,
        Err(why) => return Some(Err(why)),
    };
    Some(rows(bytes, offset as usize, stride, width, height).map_or_else(
        || Err(refused("the compositor gave another number of pixels than it said")),
        |mut pixels| {
            layout.convert(&mut pixels);
            Frame::new(width, height, pixels).ok_or_else(|| refused("the frame has no size that a screen has"))
        },
    ))
}

/// The rows of a picture without what lies between them.
fn rows(bytes: &[u8], offset: usize, stride: i32, width: u32, height: u32) -> Option<Vec<u8>> {
    let row = width as usize * PIXEL_BYTES;
    let stride = usize::try_from(stride).ok().filter(|stride| row <= *stride && 0 < row)?;
    let rows = bytes.get(offset..)?.chunks(stride).take(height as usize);
    let mut pixels = Vec::with_capacity(row * height as usize);
    for line in rows {
        // The last one may end where its pixels do.
        pixels.extend_from_slice(line.get(..row)?);
    }
    (pixels.len() == row * height as usize).then_some(pixels)
}

fn layout(format: VideoFormat) -> Result<Layout, Unable> {
    let masks = match format {
        VideoFormat::BGRx | VideoFormat::BGRA => [0xff_0000, 0xff00, 0xff],
        VideoFormat::RGBx | VideoFormat::RGBA => [0xff, 0xff00, 0xff_0000],
        other => return Err(Unable::Layout(format!("{other:?}"))),
    };
    Layout::new(32, false, masks)
}

/// The formats that can be read, of any size, as few a second as the compositor likes.
fn offer() -> Vec<u8> {
    let object = pod::object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        pod::property!(FormatProperties::MediaType, Id, MediaType::Video),
        pod::property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        pod::property!(
            FormatProperties::VideoFormat,
            Choice,
            Enum,
            Id,
            VideoFormat::BGRx,
            VideoFormat::BGRx,
            VideoFormat::BGRA,
            VideoFormat::RGBx,
            VideoFormat::RGBA,
        ),
        pod::property!(
            FormatProperties::VideoSize,
            Choice,
            Range,
            Rectangle,
            Rectangle { width: 1_920, height: 1_080 },
            Rectangle { width: 1, height: 1 },
            Rectangle { width: SIDE_MAX, height: SIDE_MAX }
        ),
        pod::property!(
            FormatProperties::VideoFramerate,
            Choice,
            Range,
            Fraction,
            Fraction { num: 0, denom: 1 },
            Fraction { num: 0, denom: 1 },
            Fraction { num: 60, denom: 1 }
        ),
    );
    let written = PodSerializer::serialize(Cursor::new(Vec::new()), &Value::Object(object));
    written.map(|(cursor, _)| cursor.into_inner()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_from_between_their_padding() {
        let bytes: Vec<u8> = (0..40).collect();
        let taken = rows(&bytes, 4, 12, 2, 3).unwrap();
        assert_eq!(taken, [4..12, 16..24, 28..36].into_iter().flatten().collect::<Vec<u8>>());
        for (what, offset, stride, width, height) in [
            ("more rows than there are", 4, 12, 2, 4),
            ("a stride shorter than a row", 0, 4, 2, 3),
            ("rows from below", 0, -12, 2, 3),
            ("an offset outside", 41, 12, 2, 1),
            ("no pixels", 0, 12, 0, 3),
        ] {
            assert_eq!(rows(&bytes, offset, stride, width, height), None, "{what}");
        }
    }

    #[test]
    fn what_is_offered_can_be_read() {
        assert!(Pod::from_bytes(&offer()).is_some());
        for format in [VideoFormat::BGRx, VideoFormat::BGRA, VideoFormat::RGBx, VideoFormat::RGBA] {
            assert!(layout(format).is_ok(), "{format:?}");
        }
        assert!(matches!(layout(VideoFormat::NV12), Err(Unable::Layout(_))));
    }
}
