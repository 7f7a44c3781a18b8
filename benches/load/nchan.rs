//! nginx with nchan, the fastest push module there is, as a peer to compare with: where it is installed, one of our own
//! is started from a configuration of our own, in the foreground, on loopback. It keeps no history and knows no names.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::process;

/// Where distributions put nginx and its modules.
const NGINX: [&str; 4] = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx"];
const MODULES: [&str; 5] = [
    "/usr/lib/nginx/modules",
    "/usr/lib64/nginx/modules",
    "/usr/share/nginx/modules",
    "/usr/local/lib/nginx/modules",
    "/usr/local/libexec/nginx",
];
/// How many connections a worker may have: all listeners, and some who post.
const CONNECTIONS: usize = 19_900;
/// How often another port is tried when somebody else was quicker.
const TRIES: usize = 3;
const STARTS_WITHIN: Duration = Duration::from_secs(5);

/// What of an event in nchan's stream is not the message: `id: ` with a second and a digit, `data: `, and line ends.
pub const EVENT_BYTES: usize = "id: 1700000000:0\ndata: \n\n".len();

/// The server and its module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    nginx: PathBuf,
    module: PathBuf,
}

impl Installed {
    /// Looks for both.
    pub fn find() -> Option<Self> {
        let nginx = NGINX.iter().map(PathBuf::from).find(|file| file.is_file())?;
        let module =
            MODULES.iter().map(|folder| Path::new(folder).join("ngx_nchan_module.so")).find(|file| file.is_file())?;
        Some(Self { nginx, module })
    }

    /// Starts one with so many workers, which keeps its files in `data`, and waits until it listens.
    pub fn start(&self, workers: u8, data: &Path) -> io::Result<(Child, SocketAddr)> {
        let mut tries = 0;
        loop {
            tries += 1;
            let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
            let file = data.join("nginx.conf");
            fs::write(&file, self.configuration(workers, address, data))?;
            let mut command = Command::new(&self.nginx);
            command.args(["-e", "stderr", "-c"]).arg(&file).stdin(Stdio::null()).stdout(Stdio::null());
            let mut child = command.stderr(fs::File::create(data.join("log"))?).spawn()?;
            match listens(&mut child, address) {
                Ok(()) => return Ok((child, address)),
                Err(error) if tries == TRIES => {
                    let log = fs::read_to_string(data.join("log")).unwrap_or_default();
                    return Err(io::Error::other(format!("{error}: {}", log.trim())));
                }
                Err(_) => {}
            }
        }
    }

    fn configuration(&self, workers: u8, address: SocketAddr, data: &Path) -> String {
        let (module, data) = (self.module.display(), data.display());
        format!(
            "load_module {module};
daemon off;
worker_processes {workers};
pid {data}/nginx.pid;
error_log stderr error;
events {{ worker_connections {CONNECTIONS}; }}
http {{
  access_log off;
  tcp_nodelay on;
  keepalive_requests 1000000;
  client_body_buffer_size 64k;
  client_body_temp_path {data}/body;
  proxy_temp_path {data}/proxy;
  fastcgi_temp_path {data}/fastcgi;
  uwsgi_temp_path {data}/uwsgi;
  scgi_temp_path {data}/scgi;
  server {{
    listen {address};
    location ~ ^/rooms/([^/]+)/messages$ {{
      nchan_publisher;
      nchan_channel_id $1;
      nchan_message_buffer_length 100;
      nchan_message_timeout 1m;
    }}
    location ~ ^/rooms/([^/]+)/live$ {{
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }}
  }}
}}
"
        )
    }
}

/// Waits until it takes connections. One that does not is ended.
fn listens(child: &mut Child, address: SocketAddr) -> io::Result<()> {
    let since = Instant::now();
    while since.elapsed() < STARTS_WITHIN {
        if child.try_wait()?.is_some() {
            return Err(io::Error::other("nginx did not start"));
        }
        if TcpStream::connect(address).is_ok() {
            // The workers come a moment after the socket.
            thread::sleep(Duration::from_millis(200));
            return Ok(());
        }
        thread::sleep(Duration::from_millis(10));
    }
    process::end(child)?;
    Err(io::Error::other("nginx did not listen"))
}
